/** Files of packages on a machine: fetched once, whole or not there, never others than was asked for, and removed in the end. */
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOf, packArchive, type PackageFile, type PackageFiles } from '@skein/packages';
import { eventually, spawnProcess, temporaryDirectory } from '@skein/testkit';
import { PackageFetchError, type PackageKey } from '../../app/package-folders.ts';
import { PackageStore, type PackageStoreOptions } from './package-store.ts';

const text = (content: string, executable = false): PackageFile => ({ data: Buffer.from(content), executable });
const FILES: PackageFiles = new Map([
  ['agent.yaml', text('name: acme/greeter')],
  ['bin/run', text('#!/bin/sh\necho hi\n', true)],
  ['lib/deep/words.txt', text('hello')],
]);
const keyOf = (files: PackageFiles): PackageKey => ({
  name: 'acme/greeter',
  version: '1.0.0',
  digest: digestOf(files),
});
const nameOf = ({ digest }: PackageKey) => digest.slice('sha256:'.length);
const NEVER = new AbortController().signal;
const HOUR_MS = 3_600_000;

interface Rig extends AsyncDisposable {
  readonly directory: string;
  readonly store: PackageStore;
  readonly told: string[];
  downloads: number;
  /** Of the same folder: another executor of the machine. */
  another(options?: Partial<PackageStoreOptions>): PackageStore;
}

async function rig(options: Partial<PackageStoreOptions> = {}): Promise<Rig> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryDirectory());
  // Who has read-only folders cannot remove them.
  stack.defer(() => makeWritable(folder.path));
  const directory = join(folder.path, 'packages');
  const told: string[] = [];
  const open = (more: Partial<PackageStoreOptions> = {}) =>
    stack.use(
      new PackageStore({
        directory,
        mustBeOwn: true,
        source: {
          async download() {
            made.downloads += 1;
            return packArchive(FILES);
          },
        },
        observer: {
          fetched: () => void told.push('fetched'),
          spoilt: () => void told.push('spoilt'),
          removed: (count) => void told.push(`removed ${count}`),
          cleaningFailed: (error) => void told.push(String(error)),
        },
        ...options,
        ...more,
      }),
    );
  const made: Rig = {
    directory,
    store: open(),
    told,
    downloads: 0,
    another: open,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
  return made;
}

async function makeWritable(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o700);
  }
}

async function makeOld(path: string): Promise<void> {
  const longAgo = new Date(Date.now() - 2 * HOUR_MS);
  await utimes(path, longAgo, longAgo);
}

const failure = (reason: PackageFetchError['reason'], why: RegExp) => (error: unknown) => {
  assert.ok(error instanceof PackageFetchError, String(error));
  assert.equal(error.reason, reason);
  assert.match(error.message, why);
  return true;
};

test('a package is fetched once for all that want it at once, read-only, and runs as it was packed', async () => {
  await using tried = await rig();
  const key = keyOf(FILES);
  const held = await Promise.all([1, 2, 3].map(() => tried.store.hold('default', key, NEVER)));
  const [{ path } = { path: '' }] = held;
  assert.equal(path, join(tried.directory, nameOf(key)));
  assert.equal(await readFile(join(path, 'lib/deep/words.txt'), 'utf8'), 'hello');
  const modes = await Promise.all(['bin/run', 'agent.yaml', 'lib', '.'].map((name) => stat(join(path, name))));
  assert.deepEqual(
    modes.map(({ mode }) => (mode & 0o777).toString(8)),
    ['555', '444', '555', '555'],
  );
  await tried.another().hold('other', key, NEVER);
  assert.deepEqual([tried.downloads, tried.told], [1, ['fetched']]);
  assert.deepEqual(await readdir(tried.directory), [nameOf(key)], 'nothing is left beside it');
});

test('two executors that fetch the same at once both have it', async () => {
  await using tried = await rig();
  const stores = [tried.store, tried.another(), tried.another()];
  const held = await Promise.all(stores.map((store) => store.hold('default', keyOf(FILES), NEVER)));
  assert.equal(new Set(held.map(({ path }) => path)).size, 1);
  assert.deepEqual(await readdir(tried.directory), [nameOf(keyOf(FILES))]);
});

test('what was changed, lost or added since is fetched again before anything is started in it', async () => {
  await using tried = await rig();
  const key = keyOf(FILES);
  const hold = async () => (await tried.store.hold('default', key, NEVER)).path;
  const path = await hold();
  const changes: (() => Promise<unknown>)[] = [
    async () => {
      await chmod(join(path, 'bin/run'), 0o755);
      await writeFile(join(path, 'bin/run'), 'rm -rf /');
    },
    () => chmod(join(path, 'agent.yaml'), 0o555),
    async () => {
      await chmod(path, 0o755);
      await writeFile(join(path, 'more'), '');
    },
    async () => {
      await chmod(join(path, 'lib/deep'), 0o755);
      await rm(join(path, 'lib/deep/words.txt'));
    },
    async () => {
      await chmod(path, 0o755);
      await symlink('/etc/passwd', join(path, 'link'));
    },
  ];
  for (const [index, change] of changes.entries()) {
    await change();
    assert.equal(await hold(), path);
    assert.equal(await readFile(join(path, 'bin/run'), 'utf8'), '#!/bin/sh\necho hi\n');
    assert.equal(tried.downloads, index + 2);
  }
  const aside = (await readdir(tried.directory)).filter((name) => name !== nameOf(key));
  assert.equal(aside.length, changes.length, 'what runs in them goes on');
  for (const name of aside) await makeOld(join(tried.directory, name));
  await tried.store.clean();
  assert.deepEqual(await readdir(tried.directory), [nameOf(key)]);
});

test('what does not fit its digest, or is no archive, is never there; a later try may succeed', async () => {
  let sent: Uint8Array = await packArchive(new Map(FILES).set('bin/run', text('rm -rf /', true)));
  await using tried = await rig({ source: { download: () => Promise.resolve(sent) } });
  const hold = () => tried.store.hold('default', keyOf(FILES), NEVER);
  await assert.rejects(hold(), failure('PACKAGE_INVALID', /came as sha256:\w+, and was to be sha256:/));
  sent = Buffer.from('no archive');
  await assert.rejects(hold(), failure('PACKAGE_INVALID', /no \.tar\.gz/));
  assert.deepEqual(await readdir(tried.directory), []);
  const other = { ...keyOf(FILES), digest: 'sha256:../../etc' };
  await assert.rejects(tried.store.hold('default', other, NEVER), failure('PACKAGE_INVALID', /has the digest/));
  sent = await packArchive(FILES);
  await hold();
});

test('who does not want it any more does not wait; who wants it too still gets it', async () => {
  const gate = Promise.withResolvers<void>();
  await using tried = await rig({
    source: {
      async download() {
        await gate.promise;
        return packArchive(FILES);
      },
    },
  });
  const leaving = new AbortController();
  const first = tried.store.hold('default', keyOf(FILES), leaving.signal);
  const second = tried.store.hold('default', keyOf(FILES), NEVER);
  leaving.abort();
  await assert.rejects(first, failure('SERVICE_UNAVAILABLE', /not wanted any more/));
  gate.resolve();
  await stat((await second).path);
});

test('a folder of somebody else is not used, and a disk that takes nothing is told', async () => {
  await using tried = await rig();
  await mkdir(tried.directory, { mode: 0o777 });
  await chmod(tried.directory, 0o777);
  const hold = () => tried.store.hold('default', keyOf(FILES), NEVER);
  await assert.rejects(hold(), failure('SERVICE_UNAVAILABLE', /somebody else; name another folder/));
  await rm(tried.directory, { recursive: true });
  await writeFile(tried.directory, 'a file');
  await assert.rejects(hold(), failure('SERVICE_UNAVAILABLE', /cannot be kept on this machine: EEXIST|ENOTDIR/));
});

test('what nobody uses is removed after a while, what is used stays, also where another executor uses it', async () => {
  await using tried = await rig();
  const key = keyOf(FILES);
  const path = join(tried.directory, nameOf(key));
  const held = await tried.store.hold('default', key, NEVER);
  await makeOld(path);
  await tried.store.clean();
  await tried.another().clean();
  await stat(path);

  held[Symbol.dispose]();
  await tried.store.clean();
  await stat(path);
  await makeOld(path);
  const leftover = join(tried.directory, '.beside-of-a-dead-one');
  await mkdir(join(leftover, 'lib'), { recursive: true });
  await chmod(leftover, 0o555);
  await tried.store.clean();
  assert.deepEqual(await readdir(tried.directory), ['.beside-of-a-dead-one'], 'perhaps somebody is at it');
  await makeOld(leftover);
  await tried.store.clean();
  assert.deepEqual(await readdir(tried.directory), []);
  await tried.store.hold('default', key, NEVER);
  assert.deepEqual(tried.told, ['fetched', 'removed 1', 'fetched']);
});

test('cleaning goes on by itself, and takes nothing from who starts at the same moment', async () => {
  await using tried = await rig({ keepMs: 60 });
  const key = keyOf(FILES);
  for (let round = 0; round < 5; round += 1) {
    const held = await tried.store.hold('default', key, NEVER);
    const before = tried.told.filter((each) => each.startsWith('removed')).length;
    await tried.store.clean();
    assert.equal(await readFile(join(held.path, 'lib/deep/words.txt'), 'utf8'), 'hello');
    held[Symbol.dispose]();
    await eventually(() => tried.told.filter((each) => each.startsWith('removed')).length > before, {
      describe: 'it to be removed',
    });
  }
});

test('an executor that is killed while it unpacks leaves nothing that is taken for whole', async () => {
  await using tried = await rig();
  const many = new Map([...FILES, ...Array.from({ length: 4000 }, (_, n) => [`data/${n}`, text(String(n))] as const)]);
  const key = { ...keyOf(many), name: 'acme/large' };
  await using folder = await temporaryDirectory();
  const archive = join(folder.path, 'large.tar.gz');
  await writeFile(archive, await packArchive(many));
  const script = join(import.meta.dirname, '../../testing/mortal-unpacker.ts');
  const args = [script, archive, tried.directory, key.digest];
  await using victim = await spawnProcess(process.execPath, { args });
  const leftover = await eventually(
    async () => {
      const names = await readdir(tried.directory).catch(() => []);
      const beside = names.find((name) => name.startsWith('.beside-'));
      const data = beside === undefined ? [] : await readdir(join(tried.directory, beside, 'data')).catch(() => []);
      return data.length > 10 ? beside : undefined;
    },
    { describe: 'it to unpack' },
  );
  victim.kill('SIGKILL');
  await victim.exited;
  assert.deepEqual(await readdir(tried.directory), [leftover]);
  await using heir = tried.another({ source: { download: () => readFile(archive) } });
  const { path } = await heir.hold('default', key, NEVER);
  assert.equal((await readdir(join(path, 'data'))).length, 4000);
  await makeOld(join(tried.directory, leftover ?? ''));
  await heir.clean();
  assert.deepEqual(await readdir(tried.directory), [nameOf(key)]);
});
