import { ModelNotFoundError } from '../domain/llm-errors.ts';
import type { ModelProvider } from './model-provider.ts';

/** A model that can be asked. */
export interface CataloguedModel {
  /** `PROVIDER/MODEL`. */
  readonly model: string;
  readonly provider: ModelProvider;
  /** The provider's own name for it. */
  readonly name: string;
  readonly description: string;
}

/** Which models there are and what they are called. */
export class ModelCatalogue {
  readonly #models: ReadonlyMap<string, CataloguedModel>;
  readonly #aliases: ReadonlyMap<string, string>;
  readonly #defaultModel: string;

  /**
   * @param aliases names for models, by alias
   * @param defaultModel a model or an alias
   * @throws ModelNotFoundError for an alias or a default of a model that there is not.
   */
  constructor(
    providers: readonly ModelProvider[],
    aliases: Readonly<Record<string, string>> = {},
    defaultModel = 'builtin/echo',
  ) {
    const models = providers.flatMap((provider) =>
      provider.models.map(({ name, description }) => ({
        model: `${provider.name}/${name}`,
        provider,
        name,
        description,
      })),
    );
    this.#models = new Map(models.map((entry) => [entry.model, entry]));
    this.#aliases = new Map(Object.entries(aliases));
    this.#defaultModel = defaultModel;
    for (const name of [defaultModel, ...Object.keys(aliases)]) this.find(name);
  }

  /** In the order of their names. */
  list(): readonly CataloguedModel[] {
    return [...this.#models.values()].toSorted((a, b) => (a.model < b.model ? -1 : 1));
  }

  /** A model by its name, by an alias, or the default for the empty name. @throws ModelNotFoundError. */
  find(name: string): CataloguedModel {
    const asked = name === '' ? this.#defaultModel : name;
    const found = this.#models.get(asked);
    if (found !== undefined) return found;
    const model = this.#aliases.get(asked) ?? asked;
    const aliased = this.#models.get(model);
    if (aliased !== undefined) return aliased;
    throw new ModelNotFoundError(model, [...this.#models.keys(), ...this.#aliases.keys()].toSorted());
  }
}
