import type { SeededRandom } from '@skein/testkit';
import { CALLERS } from '../set/agents-member.ts';
import { CLIENT, type ChaosSet } from '../set/chaos-set.ts';
import { pairs, partsOf, PEERS, type SetSize } from '../set/layout.ts';
import type { LinkState } from '../set/link.ts';
import type { FaultKind } from './fault.ts';

/** The network between any two, cut in some way and restored. */
export const CUTS: readonly FaultKind[] = [
  ...pairs().filter(([, to]) => to !== 'agents'),
  [PEERS, 'scheduler'] as const,
  [CALLERS, 'agents'] as const,
  [CLIENT, 'gateway'] as const,
  ['agents', 'gateway'] as const,
].map(([from, to]) => cut(from, to));

function cut(from: string, to: string): FaultKind {
  const name = `cut-${from}-${to}`;
  return {
    name,
    draw(random, size) {
      const source = drawEnd(random, size, from);
      const target = drawEnd(random, size, to);
      const state = drawState(random);
      const lastsMs = random.integer(2000, 12_000);
      // An executor that cannot reach a scheduler as it was told to tries the advertised address.
      const links = [
        `${source}→${target}`,
        ...(from === 'executor' && to === 'scheduler' ? [`${PEERS}→${target}`] : []),
      ];
      const become = (set: ChaosSet, next: LinkState): Promise<void> => {
        for (const link of links) set.network.become(link, next);
        return Promise.resolve();
      };
      return {
        kind: name,
        text: `the network ${links.join(' and ')} ${stateText(state)} for ${lastsMs} ms`,
        lastsMs,
        silences: state.kind === 'slow' ? [] : silencedBy(source, target),
        holds: true,
        inflict: (set) => become(set, state),
        heal: (set) => become(set, { kind: 'whole' }),
      };
    },
  };
}

function drawEnd(random: SeededRandom, size: SetSize, end: string): string {
  const names = partsOf(size).flatMap(({ name, service }) => (service === end ? [name] : []));
  return names.length === 0 ? end : random.pick(names);
}

function drawState(random: SeededRandom): LinkState {
  const kind = random.pick(['silent', 'deaf', 'broken', 'slow'] as const);
  return kind === 'slow' ? { kind, delayMs: random.integer(100, 1000) } : { kind };
}

function stateText(state: LinkState): string {
  switch (state.kind) {
    case 'silent':
      return 'passes nothing';
    case 'deaf':
      return 'passes no answers';
    case 'broken':
      return 'resets every connection';
    case 'slow':
      return `takes ${state.delayMs} ms longer each way`;
    default:
      return 'is whole';
  }
}

/** Who cannot work without this way. An executor works for other schedulers, if there are any. */
function silencedBy(source: string, target: string): readonly string[] {
  if (target === 'agents') return ['agents'];
  if (target === 'postgres') return [source];
  if (source.startsWith('executor-') && target.startsWith('scheduler-')) return [source];
  return [];
}
