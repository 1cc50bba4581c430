import type {
  ScheduleRow,
  ScheduleStore,
  ScheduleWrite,
} from '../../services/scheduler/src/app/schedules/schedule-store.ts';
import type { ScheduleKey } from '../../services/scheduler/src/domain/schedule/schedule.ts';
import { StoreCalls } from './store-calls.ts';
import type { Life, Surroundings } from './surroundings.ts';

/** One scheduler's connection to the schedules. */
export class ScheduleLink implements ScheduleStore {
  readonly #store: ScheduleStore;
  readonly #calls: StoreCalls;

  constructor(store: ScheduleStore, life: Life, surroundings: Surroundings) {
    this.#store = store;
    this.#calls = new StoreCalls(life, surroundings);
  }

  create(row: ScheduleRow) {
    return this.#calls.write('create schedule', () => this.#store.create(row));
  }

  load(keys: readonly ScheduleKey[]) {
    return this.#calls.read(() => this.#store.load(keys));
  }

  save(writes: readonly ScheduleWrite[]) {
    return this.#calls.write('save schedules', () => this.#store.save(writes));
  }

  delete(key: ScheduleKey) {
    return this.#calls.write('delete schedule', () => this.#store.delete(key));
  }

  list(namespace: string, afterScheduleId: string, limit: number) {
    return this.#calls.read(() => this.#store.list(namespace, afterScheduleId, limit));
  }

  due(shards: readonly number[], withinMs: number, limit: number) {
    return this.#calls.read(() => this.#store.due(shards, withinMs, limit));
  }
}
