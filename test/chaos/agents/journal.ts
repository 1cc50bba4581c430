/**
 * What the agents saw, written down before they act on it: one JSON object a line, in a file that outlives them.
 *
 * J1. A call is in the file before any of its work is done. A process that is killed loses nothing of it.
 */
import { randomUUID } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** How a call ended. `dropped`: its caller was gone before the answer. `killed`: the agents' process was. */
export type CallEnd = 'answered' | 'failed' | 'dropped' | 'killed';

/** One call of an agent. */
export interface AgentCall {
  readonly runId: string;
  readonly nodeId: string;
  readonly attempt: number;
  /** 0: its caller did not say. */
  readonly dispatch: number;
  /** How many laps it was told were done. */
  readonly resumedLap: number;
  /** The agent that was called, as the platform calls it; empty: its caller did not say. */
  readonly agentId: string;
  /** By the machine's clock, in milliseconds since 1970. */
  readonly startedAtMs: number;
  /** Undefined: it is under way. */
  readonly endedAtMs: number | undefined;
  readonly end: CallEnd | undefined;
}

interface CallLine {
  readonly what: 'call';
  readonly at: number;
  readonly id: string;
  readonly key: string;
  readonly dispatch: number;
  readonly lap: number;
  readonly agent: string;
}

type Line =
  | { readonly what: 'process'; readonly at: number }
  | CallLine
  | { readonly what: 'end'; readonly at: number; readonly id: string; readonly end: Exclude<CallEnd, 'killed'> };

/** The journal of one process of agents. */
export class Journal {
  readonly #file: number;
  readonly #process = randomUUID();
  #count = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
    // On a line of its own, whatever a killed process left half-written.
    writeSync(this.#file, '\n');
    this.#write({ what: 'process', at: Date.now() });
  }

  /** A call came in; the function notes its end, the first time it is called. */
  call(key: string, dispatch: number, { lap = 0, agent = '' } = {}): (end: Exclude<CallEnd, 'killed'>) => void {
    const id = `${this.#process}-${(this.#count += 1)}`;
    this.#write({ what: 'call', at: Date.now(), id, key, dispatch, lap, agent });
    let ended = false;
    return (end) => {
      if (ended) return;
      ended = true;
      this.#write({ what: 'end', at: Date.now(), id, end });
    };
  }

  #write(line: Line): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

/** Every call in the journal, in the order of their arrival. */
export async function readJournal(path: string): Promise<AgentCall[]> {
  return parseJournal(await readFile(path, 'utf8'));
}

/** As `readJournal`, of the text itself. A line that was cut off by a kill is left out: its work was never begun. */
export function parseJournal(text: string): AgentCall[] {
  const calls = new Map<string, AgentCall>();
  for (const line of text.split('\n').map(parsed)) {
    if (line === undefined) continue;
    if (line.what === 'process') {
      // One process at a time: what an older one had under way died with it, at the latest now.
      for (const [id, call] of calls)
        if (call.end === undefined) calls.set(id, { ...call, ...endOf(line.at, 'killed') });
    } else if (line.what === 'call') {
      calls.set(line.id, callOf(line));
    } else {
      const call = calls.get(line.id);
      if (call !== undefined) calls.set(line.id, { ...call, ...endOf(line.at, line.end) });
    }
  }
  return [...calls.values()];
}

function endOf(endedAtMs: number, end: CallEnd): Pick<AgentCall, 'endedAtMs' | 'end'> {
  return { endedAtMs, end };
}

function callOf({ at, key, dispatch, lap, agent }: CallLine): AgentCall {
  // RUN_ID/NODE_ID/ATTEMPT, and how many answers there were, if any.
  const [runId = '', nodeId = '', attempt = ''] = key.split('/');
  const task = { runId, nodeId, attempt: Number(attempt), dispatch, resumedLap: lap, agentId: agent };
  return { ...task, startedAtMs: at, endedAtMs: undefined, end: undefined };
}

function parsed(line: string): Line | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as Line);
  } catch {
    return undefined;
  }
}
