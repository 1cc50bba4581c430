/** What can be done to a set, and how it is undone. */
import type { SeededRandom } from '@skein/testkit';
import type { ChaosSet } from '../set/chaos-set.ts';
import type { SetSize } from '../set/layout.ts';

/** A fault as it was drawn: the same seed draws the same. */
export interface PlannedFault {
  /** Name of its kind. */
  readonly kind: string;
  /** What exactly, for people. */
  readonly text: string;
  /** How long it lasts, in milliseconds; what is undone then may take longer to work again. */
  readonly lastsMs: number;
  /** Who cannot do its work meanwhile: names of parts, `postgres`, `agents`. */
  readonly silences: readonly string[];
  /** Whether things under way are held up and may arrive late, rather than be lost. */
  readonly holds: boolean;
  inflict(set: ChaosSet): Promise<void>;
  /** Undoes it; resolves when what was hurt can work again. */
  heal(set: ChaosSet): Promise<void>;
}

/** A kind of fault. */
export interface FaultKind {
  /** Such as `kill-scheduler`. */
  readonly name: string;
  /** What it needs that not every set has. Undefined: nothing. */
  readonly needs?: 'a small disk';
  draw(random: SeededRandom, size: SetSize): PlannedFault;
}
