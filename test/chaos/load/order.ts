/** What one client asks of the platform: a run, when, and how. */
import { seededRandom, type SeededRandom } from '@skein/testkit';
import type { Drawn, Graph } from './graph.ts';
import { GRAPHS } from './graphs/all.ts';

export interface Order extends Drawn {
  /** Unique in its round; a label of the run. */
  readonly id: string;
  readonly graph: Graph;
  /** When it is asked for, after the beginning of the load, in milliseconds. */
  readonly atMs: number;
  /** Two clients ask for it at the same moment; each run of an order has the same request id. */
  readonly twice: boolean;
  /** It is asked for again when it has been acknowledged. */
  readonly again: boolean;
  /** Whether its start waits for the end. */
  readonly waits: boolean;
  /** Whether somebody follows its events. */
  readonly watched: boolean;
  /** When it is cancelled, or terminated, after its acknowledgement, in milliseconds. Undefined: never. */
  readonly cancelAfterMs: number | undefined;
  /** Whether it is terminated instead. */
  readonly terminated: boolean;
  /** When it is held back, after its acknowledgement, and for how long, in milliseconds. Undefined: never. */
  readonly pause: { readonly afterMs: number; readonly forMs: number } | undefined;
  /** Whether it is retried when it has failed. */
  readonly retried: boolean;
  /** Whether it is deleted when it has ended. */
  readonly deleted: boolean;
}

/** So many orders, spread evenly at random over a time. The same seed gives the same ones. */
export function drawOrders(seed: number, count: number, loadMs: number): readonly Order[] {
  const random = seededRandom(seed);
  const deck = GRAPHS.flatMap((graph) => Array.from({ length: graph.share }, () => graph));
  // In turns, so that every kind is there however small the count.
  const graphs = Array.from({ length: count }, (_, index) => deck[index % deck.length] ?? random.pick(deck));
  const orders = random.shuffle(graphs).map((graph, index) => drawOrder(random, graph, index, loadMs));
  return orders.toSorted((a, b) => a.atMs - b.atMs);
}

function drawOrder(random: SeededRandom, graph: Graph, index: number, loadMs: number): Order {
  const drawn = graph.draw(random);
  const ends = graph.endless !== true;
  const terminated = !ends && random.next() < 0.3;
  const retried = random.next() < 0.6 && drawn.endings.every(({ state }) => state === 'FAILED');
  return {
    ...drawn,
    ...(terminated ? { endings: [{ state: 'TERMINATED' }] } : {}),
    id: `order-${index}`,
    graph,
    atMs: random.integer(0, loadMs),
    twice: random.next() < 0.1,
    again: random.next() < 0.1,
    waits: random.next() < 0.2 && ends,
    watched: random.next() < 0.1,
    cancelAfterMs: ends ? undefined : random.integer(100, 4000),
    terminated,
    pause: random.next() < 0.12 && ends ? drawPause(random) : undefined,
    retried,
    // What it says of limits is wanted.
    deleted: random.next() < 0.12 && !retried && graph.limits === undefined,
  };
}

function drawPause(random: SeededRandom): NonNullable<Order['pause']> {
  return { afterMs: random.integer(0, 800), forMs: random.integer(1000, 7000) };
}
