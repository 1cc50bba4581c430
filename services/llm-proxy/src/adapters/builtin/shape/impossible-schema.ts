/** No value was found that a schema allows; the message says which part of it asks too much. */
export class ImpossibleSchemaError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ImpossibleSchemaError';
  }
}
