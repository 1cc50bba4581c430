/**
 * The artifacts of a task, put together from what is streamed of them.
 *
 * Owns their parts, and how much of their text was handed on.
 *
 * S1. Text goes on once: what a snapshot repeats after a lost connection is not streamed again.
 * S2. An artifact that is replaced by another text is streamed again; nothing that was said can be unsaid.
 * S3. No more is kept than MAX_KEPT_BYTES.
 */
import type { Artifact, Part } from '@a2a-js/sdk';
import { tooLarge } from '../../domain/output-limit.ts';
import { sizeOf, textOf } from './a2a-output.ts';

/** Twice what an output may have. */
const MAX_KEPT_BYTES = 2 * 1024 * 1024;

interface Shelved {
  parts: Part[];
  /** Text handed on. */
  said: string;
  sizeBytes: number;
}

export class ArtifactShelf {
  readonly #delta: (text: string) => void;
  readonly #place: string;
  readonly #artifacts = new Map<string, Shelved>();
  #sizeBytes = 0;

  constructor(delta: (text: string) => void, place: string) {
    this.#delta = delta;
    this.#place = place;
  }

  /** The parts of each artifact, in the order in which the artifacts appeared. */
  get groups(): Part[][] {
    return [...this.#artifacts.values()].map(({ parts }) => parts).filter((parts) => parts.length > 0);
  }

  has({ artifactId }: Artifact): boolean {
    return this.#artifacts.has(artifactId);
  }

  /** Adds to an artifact. @throws CallError PAYLOAD_TOO_LARGE */
  append({ artifactId, parts }: Artifact): void {
    const shelved = this.#shelved(artifactId);
    for (const part of parts) shelved.parts.push(part);
    this.#count(shelved, parts);
    const text = textOf(parts);
    shelved.said += text;
    if (text !== '') this.#delta(text);
  }

  /** This is the whole artifact. @throws CallError PAYLOAD_TOO_LARGE */
  replace({ artifactId, parts }: Artifact): void {
    const shelved = this.#shelved(artifactId);
    this.#sizeBytes -= shelved.sizeBytes;
    shelved.sizeBytes = 0;
    shelved.parts = [...parts];
    this.#count(shelved, parts);
    const text = textOf(parts);
    const news = text.startsWith(shelved.said) ? text.slice(shelved.said.length) : text;
    shelved.said = text;
    if (news !== '') this.#delta(news);
  }

  #shelved(artifactId: string): Shelved {
    const known = this.#artifacts.get(artifactId) ?? { parts: [], said: '', sizeBytes: 0 };
    this.#artifacts.set(artifactId, known);
    return known;
  }

  /** S3. */
  #count(shelved: Shelved, parts: readonly Part[]): void {
    const sizeBytes = parts.reduce((sum, part) => sum + sizeOf(part), 0);
    shelved.sizeBytes += sizeBytes;
    this.#sizeBytes += sizeBytes;
    if (this.#sizeBytes > MAX_KEPT_BYTES) throw tooLarge(this.#place);
  }
}
