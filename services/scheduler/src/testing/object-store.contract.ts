import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { ObjectStore } from '../app/payloads/object-store.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The promises of `ObjectStore`, proved on one adapter; `emptyStore` gives an empty one. */
export function testObjectStoreContract(emptyStore: () => Promise<ObjectStore>): void {
  const put = (store: ObjectStore, key: string, bytes: Uint8Array) => store.put(key, bytes, sha256(bytes));
  const keysIn = async (store: ObjectStore, prefix: string) => {
    const keys: string[] = [];
    let after: string | undefined;
    do {
      const page = await store.list(prefix, after);
      keys.push(...page.objects.map(({ key }) => key));
      after = page.next;
    } while (after !== undefined);
    return keys;
  };

  test('an object is what was put, byte for byte, however often it was put; others are not there', async () => {
    const store = await emptyStore();
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256));
    await put(store, 'acme/run-1/ab', bytes);
    await put(store, 'acme/run-1/ab', bytes);
    assert.deepEqual(Buffer.from((await store.get('acme/run-1/ab')) ?? []), bytes);
    assert.equal(await store.get('acme/run-1/cd'), undefined);
    await put(store, 'acme/run-1/empty', new Uint8Array());
    assert.deepEqual(Buffer.from((await store.get('acme/run-1/empty')) ?? [1]), Buffer.alloc(0));
  });

  test('objects are listed by prefix, in the order of their keys, page by page, with their time', async () => {
    const store = await emptyStore();
    const keys = Array.from({ length: 7 }, (_, index) => `acme/run-1/${index}`);
    for (const key of [...keys.toReversed(), 'acme/run-10/0', 'other/run-1/0']) await put(store, key, Buffer.from('x'));
    assert.deepEqual(await keysIn(store, 'acme/run-1/'), keys);
    assert.equal((await keysIn(store, '')).length, 9);
    assert.deepEqual(await keysIn(store, 'nobody/'), []);
    const [first] = (await store.list('other/', undefined)).objects;
    assert.ok(Math.abs((first?.modifiedAtMs ?? 0) - Date.now()) < 60_000);
  });

  test('objects are deleted, and those that are gone already too', async () => {
    const store = await emptyStore();
    for (const key of ['a/r/1', 'a/r/2', 'a/r/3']) await put(store, key, Buffer.from(key));
    await store.delete(['a/r/1', 'a/r/3', 'a/r/9']);
    await store.delete([]);
    assert.deepEqual(await keysIn(store, ''), ['a/r/2']);
  });
}
