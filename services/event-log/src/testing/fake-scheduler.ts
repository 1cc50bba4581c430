import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Code, createClient, type Client } from '@connectrpc/connect';
import type { EventBus } from '@skein/bus';
import { EventBatchConfirmationSchema, EventBatchSchema } from '@skein/contracts/event';
import { TaskService } from '@skein/contracts/scheduler';
import { bind, directTransport, skeinError, type ServiceBinding } from '@skein/rpc';
import { runKeyText, type RunKey } from '../domain/run-key.ts';
import { lastSeqOf, type TransitionRecord } from '../domain/transition-record.ts';
import { newRunId, transition, type What } from './sample-events.ts';

const TERMINAL = new Set(['runDone', 'runFailed', 'runCancelled']);

interface FakeRun {
  readonly records: TransitionRecord[];
  ended: boolean;
  /** Whether its events are event-log's alone: the scheduler still knows that there were some. */
  pruned: boolean;
}

/** How a commit gets onto the bus. */
export type Carriage =
  /** Published, as it should be. */
  | 'published'
  /** Published twice. */
  | 'doubled'
  /** Published without bodies, as if they were too large. */
  | 'without_bodies'
  /** Never published. */
  | 'lost';

/**
 * As much of a scheduler as event-log sees: it decides events, keeps them, publishes them and is asked for them.
 * Owns the truth that tests compare with.
 */
export class FakeScheduler {
  readonly tasks: Client<typeof TaskService>;
  /** To serve it over a network. */
  readonly bindings: readonly ServiceBinding[];
  /** Batches that event-log has confirmed, with how often. */
  readonly confirmed = new Map<string, number>();
  /** How often events were asked for. */
  asked = 0;
  /** How often payloads were asked for. */
  askedForPayloads = 0;
  /** Texts of large payloads by digest, hexadecimal. */
  readonly payloads = new Map<string, Uint8Array<ArrayBuffer>>();
  /** While false, whoever asks is told that nobody answers. */
  answers = true;
  readonly #bus: EventBus;
  readonly #runs = new Map<string, FakeRun>();
  /** Not confirmed yet, by run. */
  readonly #deletions = new Map<string, RunKey>();

  constructor(bus: EventBus) {
    this.#bus = bus;
    const binding = bind(TaskService, {
      exchange: () => {
        throw new Error('nobody exchanges tasks here');
      },
      forwardReports: () => ({}),
      takeRun: () => ({}),
      listRunDeletions: ({ pageSize }) => {
        if (!this.answers) throw skeinError({ reason: 'NOT_READY', code: Code.Unavailable, message: 'away' });
        return { deletions: [...this.#deletions.values()].slice(0, pageSize) };
      },
      confirmRunDeletions: ({ runIds }) => {
        if (!this.answers) throw skeinError({ reason: 'NOT_READY', code: Code.Unavailable, message: 'away' });
        for (const runId of runIds) this.#deletions.delete(runId);
        return {};
      },
      getPayloads: ({ digests }) => {
        this.askedForPayloads += 1;
        if (!this.answers) throw skeinError({ reason: 'NOT_READY', code: Code.Unavailable, message: 'away' });
        const hex = digests.map((digest) => Buffer.from(digest).toString('hex'));
        return {
          payloads: hex.flatMap((digest) => {
            const json = this.payloads.get(digest);
            return json === undefined ? [] : [{ digest: Buffer.from(digest, 'hex'), json }];
          }),
        };
      },
      getRunEvents: ({ namespace, runId, afterSeq, pageSize }) => {
        this.asked += 1;
        if (!this.answers) throw skeinError({ reason: 'NOT_READY', code: Code.Unavailable, message: 'away' });
        const run = this.#runs.get(runKeyText({ namespace, runId }));
        if (run === undefined) throw skeinError({ reason: 'RUN_NOT_FOUND', code: Code.NotFound, message: 'no run' });
        const missing = run.pruned ? [] : run.records.filter((record) => lastSeqOf(record) > Number(afterSeq));
        return {
          transitions: missing.slice(0, pageSize || 100).map(toMessage),
          lastSeq: BigInt(lastSeq(run)),
          ended: run.ended,
        };
      },
    });
    this.bindings = [binding];
    this.tasks = createClient(TaskService, directTransport([binding]));
  }

  /** Counts confirmations until the result is disposed. */
  watchConfirmations(): Promise<AsyncDisposable> {
    return this.#bus.subscribeConfirmations((body) => {
      for (const { batchId } of fromBinary(EventBatchConfirmationSchema, body).parts) {
        this.confirmed.set(batchId, (this.confirmed.get(batchId) ?? 0) + 1);
      }
    });
  }

  /** Decides the next events of a run, without telling anybody. */
  decide(run: RunKey, events: readonly What[], occurredAtMs?: number): TransitionRecord {
    const known = this.#runs.get(runKeyText(run)) ?? { records: [], ended: false, pruned: false };
    this.#runs.set(runKeyText(run), known);
    const record = transition(run, lastSeq(known) + 1, events, occurredAtMs);
    known.records.push(record);
    known.ended ||= events.some((event) => TERMINAL.has(event.case ?? ''));
    return record;
  }

  /** Decides the next events of a run and publishes them. Returns the id of the batch. */
  async commit(run: RunKey, events: readonly What[], carriage: Carriage = 'published'): Promise<string> {
    const record = this.decide(run, events);
    if (carriage === 'lost') return '';
    const carried = carriage === 'without_bodies' ? { ...record, body: new Uint8Array() } : record;
    const batchId = await this.publish([carried]);
    if (carriage === 'doubled') await this.publish([carried], batchId);
    return batchId;
  }

  /** Publishes records of one namespace as one batch. Returns its id. */
  async publish(records: readonly TransitionRecord[], batchId = newRunId()): Promise<string> {
    const namespace = records[0]?.namespace ?? '';
    const batch = { batchId, namespace, transitions: records.map(toMessage), partCount: 1, partIndex: 0 };
    const body = toBinary(EventBatchSchema, create(EventBatchSchema, batch));
    await this.#bus.publishEventBatch({ namespace, messageId: `${batchId}/0`, body });
    return batchId;
  }

  /** Everything decided of a run. */
  recordsOf(run: RunKey): readonly TransitionRecord[] {
    return this.#runs.get(runKeyText(run))?.records ?? [];
  }

  /** Forgets the events of a run that has ended. */
  prune(run: RunKey): void {
    const known = this.#runs.get(runKeyText(run));
    if (known !== undefined) known.pruned = true;
  }

  /** Deletes a run, and has event-log delete it. */
  delete(run: RunKey): void {
    this.#runs.delete(runKeyText(run));
    this.#deletions.set(run.runId, run);
  }

  /** Whether event-log has said that it deleted this run. */
  isDeletionConfirmed({ runId }: RunKey): boolean {
    return !this.#deletions.has(runId);
  }

  /** Publishes everything decided of a run, as the outbox does with what was never confirmed. */
  async relay(run: RunKey): Promise<void> {
    for (const record of this.recordsOf(run)) await this.publish([record]);
  }
}

function lastSeq({ records }: FakeRun): number {
  const last = records.at(-1);
  return last === undefined ? 0 : lastSeqOf(last);
}

function toMessage({ runId, firstSeq, eventCount, body }: TransitionRecord) {
  return { runId, firstSeq: BigInt(firstSeq), eventCount, body: body as Uint8Array<ArrayBuffer> };
}
