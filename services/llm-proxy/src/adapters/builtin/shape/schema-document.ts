import { isJsonArray, isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from '@skein/domain';
import { ImpossibleSchemaError } from './impossible-schema.ts';

/** Finds the parts of a schema that `$ref` names; references to other documents are never followed. */
export class SchemaDocument {
  readonly #root: JsonObject;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  /** @throws ImpossibleSchemaError when there is no such part in the document. */
  find(reference: string): JsonSchema {
    const found = reference.startsWith('#/') ? this.#byPointer(reference) : this.#byName(reference);
    if (typeof found === 'boolean' || isJsonObject(found)) return found;
    throw new ImpossibleSchemaError(`${reference} is not in the document`);
  }

  #byPointer(reference: string): JsonValue | undefined {
    let here: JsonValue | undefined = this.#root;
    for (const token of reference.slice(2).split('/')) {
      const name = decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
      if (isJsonArray(here)) here = here[Number(name)];
      else here = isJsonObject(here) && Object.hasOwn(here, name) ? here[name] : undefined;
    }
    return here;
  }

  /** The document itself, or the part with this `$anchor`, `$dynamicAnchor` or `$id`. */
  #byName(reference: string): JsonValue | undefined {
    if (reference === '#' || reference === this.#root['$id']) return this.#root;
    const name = reference.replace(/^#/, '');
    const queue: JsonValue[] = [this.#root];
    for (let here = queue.pop(); here !== undefined; here = queue.pop()) {
      if (isJsonArray(here)) queue.push(...here);
      if (!isJsonObject(here)) continue;
      if (here['$anchor'] === name || here['$dynamicAnchor'] === name || here['$id'] === reference) return here;
      queue.push(...Object.values(here));
    }
    return undefined;
  }
}
