/**
 * Checks that the contracts break nobody: compares proto/ with the last release, before the first one with the previous
 * commit on main. Where there is nothing to compare with it says so and passes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runCommand } from '../run-command.ts';

const root = resolve(import.meta.dirname, '../..');

async function git(...args: string[]): Promise<string | undefined> {
  const { ok, output } = await runCommand(['git', ...args], { cwd: root });
  return ok ? output.trim() : undefined;
}

/** The commit to compare with, and what it is in words. */
async function reference(): Promise<{ commit: string; name: string } | undefined> {
  const tag = await git('describe', '--tags', '--abbrev=0', '--match', 'v*');
  if (tag) return { commit: tag, name: `the release ${tag}` };
  const [head, fork] = await Promise.all([git('rev-parse', 'HEAD'), git('merge-base', 'HEAD', 'main')]);
  const commit = fork !== undefined && fork !== head ? fork : await git('rev-parse', '--verify', '--quiet', 'HEAD~1');
  return commit ? { commit, name: `the previous commit on main, ${commit.slice(0, 10)}` } : undefined;
}

const against = await reference();
const hasProtos = against && (await git('ls-tree', against.commit, 'proto', 'buf.yaml'))?.split('\n').length === 2;
if (!against || !hasProtos) {
  console.log(
    against ? `${against.name} has no contracts: nothing to compare` : 'no earlier commit: nothing to compare',
  );
} else {
  const directory = await mkdtemp(join(tmpdir(), 'skein-breaking-'));
  try {
    const archive = join(directory, 'contracts.tar');
    if ((await git('archive', '--output', archive, against.commit, 'proto', 'buf.yaml')) === undefined) {
      throw new Error(`git archive of ${against.commit} failed`);
    }
    const { ok, output } = await runCommand([join(root, 'node_modules/.bin/buf'), 'breaking', '--against', archive], {
      cwd: root,
    });
    console.log(ok ? `nothing breaks since ${against.name}` : `${output}these changes break ${against.name}`);
    process.exitCode = ok ? 0 : 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
