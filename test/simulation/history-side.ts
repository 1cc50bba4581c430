import { IngestEventBatches } from '../../services/event-log/src/app/ingest-event-batches.ts';
import type { EventLogObserver } from '../../services/event-log/src/app/event-log-observer.ts';
import { MemoryRunEventStore } from '../../services/event-log/src/adapters/memory/memory-run-event-store.ts';
import type { RunEventStore } from '../../services/event-log/src/app/run-event-store.ts';
import { SourceUnavailableError } from '../../services/event-log/src/app/run-history-source.ts';
import { RunHistory } from '../../services/event-log/src/app/run-history.ts';
import type { RunHistorySource } from '../../services/event-log/src/app/run-history-source.ts';
import type { TransitionRecord } from '../../services/event-log/src/domain/transition-record.ts';
import { lastSeqOf } from '../../services/scheduler/src/app/run-history.ts';
import type { EventCarrier } from '../../services/scheduler/src/app/outbox.ts';
import type { RunStore } from '../../services/scheduler/src/app/run-store.ts';
import { chance, wayMs, type Life, type Surroundings } from './surroundings.ts';

type OutgoingBatch = Parameters<EventCarrier['publishEventBatch']>[0];

const MAX_REDELIVERY_MS = 2000;

/**
 * The bus and, behind it, event-log: its real ingestion over a store in memory. Messages are lost, repeated and
 * overtake each other; confirmations go the same way back.
 */
export class HistorySide {
  readonly #surroundings: Surroundings;
  readonly #schedulerStore: RunStore;
  readonly #rows = new MemoryRunEventStore();
  readonly #ingest: IngestEventBatches;
  readonly #listeners = new Map<Life, (body: Uint8Array) => void>();
  #busIsDown = false;

  constructor(surroundings: Surroundings, schedulerStore: RunStore) {
    this.#surroundings = surroundings;
    this.#schedulerStore = schedulerStore;
    this.#ingest = new IngestEventBatches({
      bus: { publishConfirmation: (body) => this.#confirm(body) },
      store: this.#faultyRows(),
      source: this.#source(),
      observer: observerOf(surroundings),
      onStored: () => {},
    });
  }

  /** The bus as one scheduler sees it. */
  carrierOf(life: Life): EventCarrier {
    const surroundings = this.#surroundings;
    return {
      maxPayloadBytes: surroundings.profile().busMaxPayloadBytes,
      publishEventBatch: async (batch) => {
        if (!life.alive) return;
        if (batch.body.byteLength > surroundings.profile().busMaxPayloadBytes) {
          surroundings.violated(`a message of ${batch.body.byteLength} bytes is more than the bus takes`);
        }
        this.#carry(() => this.#arrive(batch));
      },
    };
  }

  /** Confirmations reach a scheduler for as long as it lives. */
  subscribe(life: Life, listener: (body: Uint8Array) => void): void {
    this.#listeners.set(life, listener);
    life.onDeath(() => this.#listeners.delete(life));
  }

  /** Everything that is published meanwhile is lost. */
  breakBus(durationMs: number): void {
    this.#busIsDown = true;
    this.#surroundings.time.after(durationMs, () => (this.#busIsDown = false));
  }

  /** What event-log has of a run by itself, oldest first. */
  rowsOf(namespace: string, runId: string): Promise<TransitionRecord[]> {
    return this.#rows.readAfter({ namespace, runId }, 0, { maxRows: 100_000, maxBytes: 2 ** 30 });
  }

  /** What a reader gets, repaired where something is missing. */
  async readAll(namespace: string, runId: string, untilSeq: number): Promise<TransitionRecord[]> {
    const parts = { store: this.#rows, source: this.#source(), observer: observerOf(this.#surroundings) };
    return Array.fromAsync(new RunHistory(parts).upTo({ namespace, runId }, untilSeq));
  }

  #carry(deliver: () => void): void {
    const { profile, time } = this.#surroundings;
    const copies = chance(this.#surroundings, profile().busRepeat) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.#busIsDown || chance(this.#surroundings, profile().busLoss)) continue;
      time.after(wayMs(this.#surroundings), deliver);
    }
  }

  #arrive(batch: OutgoingBatch): void {
    const { time, random } = this.#surroundings;
    const message = { ...batch, headers: {}, deliveryCount: 1 };
    this.#ingest.handle([message]).catch(() => {
      time.after(random.integer(1, MAX_REDELIVERY_MS), () => this.#arrive(batch));
    });
  }

  #confirm(body: Uint8Array): void {
    for (const listener of this.#listeners.values()) this.#carry(() => listener(body));
  }

  #faultyRows(): RunEventStore {
    const rows = this.#rows;
    return {
      append: async (records) => {
        if (this.#fails()) throw new Error('event-log cannot store');
        return rows.append(records);
      },
      readAfter: (...args) => rows.readAfter(...args),
      last: (run) => rows.last(run),
    };
  }

  #source(): RunHistorySource {
    return {
      fetchAfter: async ({ namespace, runId }, afterSeq, maxRows) => {
        if (this.#fails()) throw new SourceUnavailableError('the scheduler cannot be asked');
        const run = await this.#schedulerStore.runRow(runId);
        if (run === undefined || run.namespace !== namespace) return undefined;
        const rows = await this.#schedulerStore.transitionsAfter(runId, afterSeq, maxRows);
        const lastSeq = await lastSeqOf(this.#schedulerStore, runId);
        const records = rows.map((row) => ({ ...row, namespace, runId }));
        return { records, lastSeq, ended: run.endedAtMs !== undefined };
      },
    };
  }

  #fails(): boolean {
    return chance(this.#surroundings, this.#surroundings.profile().historyFault);
  }
}

function observerOf({ trace, violated }: Surroundings): EventLogObserver {
  const quiet = () => {};
  return {
    stored: ({ records, added }) => trace.note('event-log', `stores ${added} of ${records}`),
    malformed: ({ defect }) => violated(`event-log cannot read a batch: ${defect}`),
    refused: ({ error }) => violated(`event-log refuses a batch: ${String(error)}`),
    repaired: quiet,
    sourceUnavailable: quiet,
    subscriberStarted: quiet,
    subscriberEnded: quiet,
    subscriberLagged: quiet,
    taskEventsMissing: quiet,
    taskEventsStored: quiet,
  };
}
