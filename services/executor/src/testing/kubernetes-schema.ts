/** Holds objects against the models of Kubernetes' published API, as the official client was generated from it. */
import * as models from '@kubernetes/client-node';

interface Attribute {
  readonly baseName: string;
  readonly type: string;
}

interface Model {
  getAttributeTypeMap(): readonly Attribute[];
}

const PRIMITIVES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  IntOrString: (value) => typeof value === 'string' || typeof value === 'number',
  Date: (value) => typeof value === 'string',
  V1MicroTime: (value) => typeof value === 'string',
  any: () => true,
  object: () => true,
};

/** Every field that the API does not know, or that is of another type. */
export function schemaFaults(value: unknown, type: string, at = ''): string[] {
  const primitive = PRIMITIVES[type];
  if (primitive !== undefined) return primitive(value) ? [] : [`${at}: not a ${type}`];
  const element = /^Array<(.*)>$/.exec(type)?.[1];
  if (element !== undefined) {
    if (!Array.isArray(value)) return [`${at}: not a list`];
    return value.flatMap((each, index) => schemaFaults(each, element, `${at}[${index}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at}: not an object`];
  const member = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1];
  if (member !== undefined) {
    return Object.entries(value).flatMap(([name, each]) => schemaFaults(each, member, `${at}.${name}`));
  }
  const attributes = new Map(modelOf(type).map((attribute) => [attribute.baseName, attribute.type]));
  return Object.entries(value).flatMap(([name, each]) => {
    const known = attributes.get(name);
    return known === undefined ? [`${at}.${name}: unknown field`] : schemaFaults(each, known, `${at}.${name}`);
  });
}

function modelOf(type: string): readonly Attribute[] {
  const model = (models as unknown as Readonly<Record<string, Model | undefined>>)[type];
  if (model === undefined) throw new Error(`the client has no model ${type}`);
  return model.getAttributeTypeMap();
}
