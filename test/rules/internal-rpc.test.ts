/** R12 of the hot path (docs/hot-path.md): services talk to each other over grpc-js; Connect is for the edge. */
import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');

/**
 * Who may speak Connect: the service that browsers and curl reach, the program that calls it, and what reaches services
 * of others (rpc nodes).
 */
const EDGE = ['cli', 'libs/rpc/src/remote-transport.ts', 'services/gateway'];

/** Packages of which a source names a module; of libs/rpc, which everybody uses, the files. */
async function usersOf(module: string): Promise<string[]> {
  const users = new Set<string>();
  const sources = { cwd: root, exclude: (name: string) => name === 'node_modules' || name === 'dist' };
  for await (const path of glob(['{libs,services}/*/**/*.ts', 'cli/**/*.ts'], sources)) {
    const isTest = path.includes('/testing/') || path.endsWith('.test.ts');
    if (isTest || !(await readFile(join(root, path), 'utf8')).includes(module)) continue;
    if (path.startsWith('libs/rpc/')) users.add(path);
    else users.add(path.split('/', path.startsWith('cli/') ? 1 : 2).join('/'));
  }
  return [...users].toSorted();
}

test('R12 only the edge uses connect-node', async () => {
  assert.deepEqual(await usersOf('@connectrpc/connect-node'), EDGE);
});

test('R12 what services call and serve each other with is grpc-js, with the generated code of protobuf-es', async () => {
  const source = (name: string) => readFile(join(root, `libs/rpc/src/${name}.ts`), 'utf8');
  for (const end of ['grpc-server', 'grpc-transport']) assert.match(await source(end), /from '@grpc\/grpc-js'/);
  assert.match(await source('grpc-definition'), /toBinary\(|fromBinary\(/);
});
