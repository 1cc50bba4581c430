/** What a task that waits is put in order by. */
export interface TaskTurn {
  /** 1 (first) to 5. */
  readonly priority: number;
  /** Empty is a key like any other. */
  readonly fairnessKey: string;
  /** Share of the turns, 0.1 to 100. */
  readonly weight: number;
}

/** First in, first out, without moving what is left. */
class Line<T> {
  #items: T[] = [];
  #head = 0;

  get isEmpty(): boolean {
    return this.#head === this.#items.length;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  unshift(item: T): void {
    if (this.#head === 0) return void this.#items.unshift(item);
    this.#head -= 1;
    this.#items[this.#head] = item;
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    this.#head += 1;
    if (this.#head >= this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head >= MAX_TAKEN) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}

/** Taken items that a line keeps before it lets go of them. */
const MAX_TAKEN = 1024;

/** The tasks of one fairness key. */
interface Flow<T> {
  readonly line: Line<T>;
  /** Of its newest task. */
  weight: number;
  /** What is left of its turn: a task costs one. */
  credit: number;
}

/**
 * Tasks that wait for an executor: by priority, then the fairness keys take turns, as many tasks a turn as their weight
 * says (deficit round robin; Shreedhar and Varghese, 1995), then in the order of their coming. Where all have the same
 * priority and key it is one line.
 */
export class TaskQueue<T extends { readonly order: { readonly turn: TaskTurn } }> {
  /** By priority; within one, the flows in the order of their turns: the first has it. */
  readonly #lanes: Map<string, Flow<T>>[] = Array.from({ length: 6 }, () => new Map());

  push(item: T): void {
    const { priority, fairnessKey, weight } = item.order.turn;
    const lane = this.#lanes[priority];
    if (lane === undefined) throw new RangeError(`priority ${priority}`);
    const flow = lane.get(fairnessKey) ?? { line: new Line<T>(), weight, credit: weight };
    flow.weight = weight;
    flow.line.push(item);
    lane.set(fairnessKey, flow);
  }

  /** Puts back what was taken last: it is the next one again. */
  unshift(item: T): void {
    const { priority, fairnessKey, weight } = item.order.turn;
    const lane = this.#lanes[priority];
    if (lane === undefined) throw new RangeError(`priority ${priority}`);
    const flow = lane.get(fairnessKey) ?? { line: new Line<T>(), weight, credit: 0 };
    flow.line.unshift(item);
    flow.credit = Math.min(flow.weight, flow.credit + 1);
    // A flow that is the first one already stays where it is.
    const [first] = lane.keys();
    if (first === fairnessKey) return;
    const others = [...lane].filter(([key]) => key !== fairnessKey);
    this.#lanes[priority] = new Map([[fairnessKey, flow], ...others]);
  }

  get isEmpty(): boolean {
    return this.#lanes.every((lane) => lane.size === 0);
  }

  /** Takes the next one; undefined: nobody waits. */
  shift(): T | undefined {
    for (const lane of this.#lanes) if (lane.size > 0) return nextIn(lane);
    return undefined;
  }
}

function nextIn<T>(lane: Map<string, Flow<T>>): T | undefined {
  for (;;) {
    const [first] = lane;
    if (first === undefined) return undefined;
    const [key, flow] = first;
    if (flow.credit < 1 && lane.size > 1) {
      // Its turn is over: it goes to the end, with what its next one is worth.
      lane.delete(key);
      flow.credit += flow.weight;
      lane.set(key, flow);
      continue;
    }
    flow.credit = Math.max(0, flow.credit - 1);
    const item = flow.line.shift();
    if (flow.line.isEmpty) lane.delete(key);
    return item;
  }
}
