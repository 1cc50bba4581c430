/** What the agents do is said in their input, so that what comes of a run can be computed without running it. */

/** What an agent is asked. */
export interface Script {
  /** The number that is worked on. */
  readonly value: number;
  /** Time that the work takes, in milliseconds. Default 0. */
  readonly ms?: number;
  /** So many first attempts fail, and may be repeated. Default 0. */
  readonly failures?: number;
  /** Every attempt fails: with `again`, retryably. Default: none does. */
  readonly broken?: 'for good' | 'again';
  /** So many first attempts never answer. Default 0. */
  readonly hangs?: number;
  /** Pieces of text that are streamed over the time of the work. Default 0. */
  readonly pieces?: number;
  /**
   * Laps that the work is done in, over its time: after each the agent says how far it has come, and an attempt that
   * fails or hangs does so two laps after it began. Default: none, the work is done in one go.
   */
  readonly laps?: number;
  /** Length of the text in the answer. Default: no text. */
  readonly textLength?: number;
  /** A text that is given; its length and its sum are in the answer. Default: none. */
  readonly text?: string;
  /** Questions that are asked, in each attempt, one after the other; each answer is worked into the number. Default 0. */
  readonly asks?: number;
  /** Child runs that do the first steps of the work, one after the other, and that their caller waits for. Default 0. */
  readonly helpers?: number;
  /** Child runs that never end by themselves, and that nobody waits for. Default 0. */
  readonly lingering?: number;
}

/** What an agent answers. */
export interface Answer {
  readonly value: number;
  readonly text?: string;
  readonly textLength?: number;
  readonly textSum?: number;
}

/** The code of every failure that an agent's script asks for. */
export const SCRIPTED_FAILURE = 'SCRIPTED';

const MODULUS = 1_000_003;

/** The work: a number out of a number, such that steps left out or done twice are seen. */
export function worked(value: number): number {
  return (value * 31 + 7) % MODULUS;
}

/** How far work that is done in laps has come. */
export interface Progress {
  /** Laps that are done. */
  readonly lap: number;
  /** What they have come to. */
  readonly value: number;
}

/** The work of so many laps, one after the other. */
export function workedLaps(value: number, laps: number): number {
  return Array.from({ length: laps }).reduce<number>((last) => worked(last), value);
}

/** The answer to a script, when there is one. Laps are gone on with from where they are told to have come. */
export function answerTo(script: Script, progress: Progress = { lap: 0, value: script.value }): Answer {
  const { laps = 1, textLength, text } = script;
  return {
    value: workedLaps(progress.value, laps - progress.lap),
    ...(textLength === undefined ? {} : { text: longText(script.value, textLength) }),
    ...(text === undefined ? {} : { textLength: text.length, textSum: sumOf(text) }),
  };
}

/** What a person is asked, by the number of the question, from 0. */
export function questionText(turn: number): string {
  return `what is number ${turn}?`;
}

/** The number of a question. */
export function questionNumber(text: string): number {
  return Number(text.match(/\d+/)?.[0]);
}

/** The number that the work has come to with the answer to a question. */
export function workedWith(value: number, answer: number): number {
  return (worked(value) + answer) % MODULUS;
}

/** A text of so many characters that depends on the value throughout. */
export function longText(value: number, length: number): string {
  const word = `${worked(value)}-`;
  return word.repeat(Math.ceil(length / word.length)).slice(0, length);
}

/** A number that changes with any character of a text. */
export function sumOf(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) sum = (sum * 33 + text.charCodeAt(at)) % MODULUS;
  return sum;
}

/** The pieces that are streamed for a script. */
export function piecesOf({ value, pieces = 0 }: Script): readonly string[] {
  return Array.from({ length: pieces }, (_, index) => `${value}.${index} `);
}

/** How an attempt of a script ends, when its time is over. */
export function fateOf(script: Script, attempt: number): 'answers' | 'fails' | 'fails for good' | 'hangs' {
  const { failures = 0, broken, hangs = 0 } = script;
  if (broken !== undefined) return broken === 'again' ? 'fails' : 'fails for good';
  if (attempt <= hangs) return 'hangs';
  return attempt <= failures ? 'fails' : 'answers';
}
