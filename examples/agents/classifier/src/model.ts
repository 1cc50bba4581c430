import { readFileSync } from 'node:fs';

/** The model file, as `classifier-model/README.md` describes it. */
export interface ModelFile {
  readonly name: string;
  readonly version: string;
  readonly labels: readonly string[];
  readonly bias: Readonly<Record<string, number>>;
  readonly smoothing: number;
  readonly hit_cap: number;
  readonly max_characters: number;
  readonly max_reasons: number;
  readonly fields: Readonly<Record<'subject' | 'text', number>>;
  readonly fold: Readonly<Record<string, string>>;
  readonly concepts: readonly {
    readonly concept: string;
    readonly weights: Readonly<Record<string, number>>;
    readonly phrases?: string;
    readonly patterns?: readonly string[];
  }[];
}

/** One word of a phrase. */
export type WordTest = (token: string) => boolean;

/** A concept, ready to be looked for. */
export interface Concept {
  readonly name: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly phrases: readonly (readonly WordTest[])[];
  readonly patterns: readonly RegExp[];
}

/** The model, ready to classify. */
export interface Model extends Omit<ModelFile, 'fold' | 'concepts'> {
  /** What a code point becomes. */
  readonly fold: ReadonlyMap<string, string>;
  readonly concepts: readonly Concept[];
}

/** Reads and compiles a model file; throws where it cannot be read. */
export function loadModel(path: string | URL): Model {
  const file = JSON.parse(readFileSync(path, 'utf8')) as ModelFile;
  const fold = new Map<string, string>();
  for (const [replacement, characters] of Object.entries(file.fold)) {
    for (const character of characters) fold.set(character, replacement);
  }
  const concepts = file.concepts.map(({ concept, weights, phrases, patterns = [] }) => ({
    name: concept,
    weights,
    phrases: phrases === undefined ? [] : phrases.split(' | ').map(phraseTests),
    patterns: patterns.map((pattern) => new RegExp(pattern, 'gu')),
  }));
  return { ...file, fold, concepts };
}

const phraseTests = (phrase: string): WordTest[] => phrase.split(' ').map(wordTest);

function wordTest(word: string): WordTest {
  const core = word.replace(/^\*|\*$/g, '');
  const open = { start: word.startsWith('*'), end: word.endsWith('*') };
  if (open.start && open.end) return (token) => token.includes(core);
  if (open.start) return (token) => token.endsWith(core);
  if (open.end) return (token) => token.startsWith(core);
  return (token) => token === core;
}
