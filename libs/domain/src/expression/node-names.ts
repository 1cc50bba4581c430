/**
 * The node ids of a workflow as expressions may write them: `output['billing-agent']`, or, as dots and
 * hyphens are no letters of a name, the alias `output.billing_agent`.
 */
export class NodeNames {
  readonly ids: ReadonlySet<string>;
  readonly #byAlias = new Map<string, string[]>();

  constructor(ids: Iterable<string>) {
    this.ids = new Set(ids);
    for (const id of this.ids) {
      const alias = aliasOf(id);
      const sharing = this.#byAlias.get(alias);
      if (sharing === undefined) this.#byAlias.set(alias, [id]);
      else sharing.push(id);
    }
  }

  /** The ids a name after `output.` fits: none, one, or, where it is ambiguous, several. */
  named(name: string): readonly string[] {
    return this.#byAlias.get(name) ?? [];
  }

  /** The id a text within `output[…]` means: that very id, else the one node of this alias. */
  keyed(key: string): string | undefined {
    if (this.ids.has(key)) return key;
    const fitting = this.named(key);
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  /** Groups of ids that share one alias. */
  ambiguous(): readonly (readonly string[])[] {
    return [...this.#byAlias.values()].filter((ids) => ids.length > 1);
  }
}

/** A node id with every character that is no letter, digit or underscore written as an underscore. */
export function aliasOf(id: string): string {
  return id.replace(/[^A-Za-z0-9_]/g, '_');
}
