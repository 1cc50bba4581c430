/** What the clients of a round saw. */
import type { JsonValue } from '@bufbuild/protobuf';
import type { Order } from './order.ts';

/** A run as a client was told of it. */
export interface SeenRun {
  readonly runId: string;
  /** Such as DONE. */
  readonly state: string;
  readonly output: JsonValue;
  readonly failureCode: string;
  readonly failedNodeId: string;
  readonly lastSeq: number;
}

/** What a watcher was sent, in order. */
export interface Watched {
  readonly seqs: readonly number[];
  /** Times that it had to subscribe again. */
  readonly breaks: number;
  /** Whether the stream came to its end. */
  readonly complete: boolean;
}

/** A time in which a run was held back. */
export interface SeenPause {
  /** When the pause was answered, by the machine's clock in milliseconds. */
  readonly acknowledgedAtMs: number;
  /** When the run was first asked to go on. */
  readonly resumedAtMs: number;
}

/** An answer to a question that was told to be taken. */
export interface GivenAnswer {
  /** The question. */
  readonly questionSeq: number;
  readonly value: number;
  /** When that was told, by the machine's clock in milliseconds. */
  readonly atMs: number;
}

/** The deletion of a run. */
export interface SeenDeletion {
  /** When it was first asked for, by the machine's clock in milliseconds. */
  readonly askedAtMs: number;
  /** When it was first told to be done. Undefined: it never was. */
  answeredAtMs: number | undefined;
}

/** What became of one order, as its clients saw it. */
export interface OrderRecord {
  readonly order: Order;
  readonly requestId: string;
  /** Runs that its starts were answered with; all the same, if all is well. */
  readonly runIds: string[];
  /** First request and first answer, by the machine's clock in milliseconds. Undefined: there was none. */
  askedAtMs: number | undefined;
  acknowledgedAtMs: number | undefined;
  /** When the cancellation, or the termination, was answered. Undefined: it was not asked for, or refused. */
  cancelledAtMs: number | undefined;
  /** Undefined: it was not held back, or had ended before. */
  pause: SeenPause | undefined;
  /** Ids of signals that were answered, once for each time. */
  readonly signalIds: string[];
  /** Answers that were told to be taken. */
  readonly answers: GivenAnswer[];
  /** Undefined: its run is kept. */
  deletion: SeenDeletion | undefined;
  /** Runs that its retries were answered with; all the same, if all is well. */
  readonly retryRunIds: string[];
  /** Every state of the end that a client was told, in order. */
  readonly ends: SeenRun[];
  watched: Watched | undefined;
  /** Answers that said no, where none was right. */
  readonly refusals: string[];
  /** Requests without an answer, by reason. */
  readonly unanswered: Map<string, number>;
}

/** A record of an order that has not begun. */
export function newRecord(order: Order, requestId: string): OrderRecord {
  return {
    order,
    requestId,
    runIds: [],
    askedAtMs: undefined,
    acknowledgedAtMs: undefined,
    cancelledAtMs: undefined,
    pause: undefined,
    signalIds: [],
    answers: [],
    deletion: undefined,
    retryRunIds: [],
    ends: [],
    watched: undefined,
    refusals: [],
    unanswered: new Map(),
  };
}
