/** A store of objects, as S3 is one. Keys are paths of digits, lower-case letters, hyphens and slashes. */
export interface ObjectStore {
  /** Stores an object, or the same again. `sha256` is hexadecimal. @throws ObjectStoreError */
  put(key: string, bytes: Uint8Array, sha256: string): Promise<void>;
  /** Undefined: there is no such object. @throws ObjectStoreError */
  get(key: string): Promise<Uint8Array | undefined>;
  /** A page of the objects whose keys begin with `prefix`, in the order of the keys. @throws ObjectStoreError */
  list(prefix: string, after: string | undefined): Promise<ObjectPage>;
  /** Deletes objects, at most `MAX_DELETED_OBJECTS`. One that is not there is deleted. @throws ObjectStoreError */
  delete(keys: readonly string[]): Promise<void>;
}

/** Objects that one call may delete. */
export const MAX_DELETED_OBJECTS = 1000;

/** A page of a list. */
export interface ObjectPage {
  readonly objects: readonly ListedObject[];
  /** Asks for the next page; undefined: this is the last. */
  readonly next: string | undefined;
}

export interface ListedObject {
  readonly key: string;
  readonly modifiedAtMs: number;
}

/** The store does not answer, or not this. All of it may be tried again: credentials and buckets are mended, too. */
export class ObjectStoreError extends Error {
  override readonly name = 'ObjectStoreError';
}
