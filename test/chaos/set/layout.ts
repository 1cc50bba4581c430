/** What the set consists of, and who talks to whom. */

/** A program of the platform. */
export type Service = 'registry' | 'llm-proxy' | 'scheduler' | 'event-log' | 'executor' | 'gateway';

/** How many there are of what there may be several of. */
export interface SetSize {
  readonly schedulers: number;
  readonly executors: number;
}

/** One process of the platform. */
export interface Part {
  /** Such as `scheduler-2`, or `gateway`. */
  readonly name: string;
  readonly service: Service;
  /** From 1, among the parts of the same service. */
  readonly number: number;
}

/** What a part connects to: services, and what is no process of the platform. */
export type Target = Service | 'postgres' | 'nats' | 'agents';

/** Whoever finds a scheduler by the address that it advertises, as links name them: other schedulers, and executors. */
export const PEERS = 'peers';

export const DEFAULT_SIZE: SetSize = { schedulers: 3, executors: 3 };

/** Who connects to whom. Everything that listens is reached through links alone. */
const REACHES: Readonly<Record<Service, readonly Target[]>> = {
  registry: ['postgres', 'agents'],
  'llm-proxy': ['postgres'],
  scheduler: ['postgres', 'nats', 'registry'],
  'event-log': ['postgres', 'nats', 'scheduler'],
  executor: ['scheduler', 'registry', 'llm-proxy', 'event-log', 'nats', 'agents'],
  gateway: ['scheduler', 'registry', 'llm-proxy', 'event-log'],
};

/** Every process of a set, in an order in which they may start. */
export function partsOf({ schedulers, executors }: SetSize): readonly Part[] {
  return [
    ...numbered('registry', 1),
    ...numbered('llm-proxy', 1),
    ...numbered('scheduler', schedulers),
    ...numbered('event-log', 1),
    ...numbered('executor', executors),
    ...numbered('gateway', 1),
  ];
}

/** What a service connects to. */
export function reachesOf(service: Service): readonly Target[] {
  return REACHES[service];
}

/** Every pair of which the first connects to the second, such as `executor` and `nats`. */
export function pairs(): readonly (readonly [Service, Target])[] {
  return Object.entries(REACHES).flatMap(([from, targets]) => targets.map((to) => [from as Service, to] as const));
}

function numbered(service: Service, count: number): Part[] {
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    const alone = service !== 'scheduler' && service !== 'executor';
    return { name: alone ? service : `${service}-${number}`, service, number };
  });
}
