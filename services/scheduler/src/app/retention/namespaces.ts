/** Namespaces, as far as the scheduler knows them: what operators have said about each. */

/** Longest and shortest time that a namespace may keep its ended runs, in milliseconds. */
export const MIN_RUN_RETENTION_MS = 60 * 60 * 1000;
export const MAX_RUN_RETENTION_MS = 3650 * 24 * 60 * 60 * 1000;

/** How long ended runs are kept. */
export type RunRetentionRule =
  /** As the schedulers are configured. */
  { readonly kind: 'default' } | { readonly kind: 'forever' } | { readonly kind: 'time'; readonly ms: number };

/** A namespace; one that nobody has said anything about exists all the same. */
export interface NamespaceSettings {
  readonly name: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly runRetention: RunRetentionRule;
}

/** What is to be changed; what is left out stays. */
export type NamespaceChange = Partial<Omit<NamespaceSettings, 'name'>>;

/** Where it is kept what operators have said. */
export interface NamespaceStore {
  /** With its defaults where nobody has said anything. */
  get(name: string): Promise<NamespaceSettings>;
  /** `default`, what operators have named, and what has a workflow, a run or a schedule, by name. */
  list(afterName: string, limit: number): Promise<readonly NamespaceSettings[]>;
  /** Changes some of it, all or nothing; answers with what is then known. */
  update(name: string, change: NamespaceChange): Promise<NamespaceSettings>;
}

/** A namespace that nobody has said anything about. */
export function defaultNamespace(name: string): NamespaceSettings {
  return { name, description: '', labels: {}, runRetention: { kind: 'default' } };
}
