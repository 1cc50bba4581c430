/** An image that needs no registry: this machine's Node, the libraries that it needs, and one script. */
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Makes an image that runs `script` at an Engine; `directory` holds its files meanwhile. */
export async function importAgentImage(
  name: string,
  script: string,
  socketPath: string,
  directory: string,
): Promise<void> {
  const program = `/${basename(script)}`;
  const root = join(directory, 'image');
  const { stdout } = await run('ldd', [process.execPath]);
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => (path === undefined ? [] : [path]));
  for (const [from, to] of [
    [process.execPath, '/bin/node'],
    [script, program],
    ...libraries.map((path) => [path, path] as const),
  ] as const) {
    await mkdir(join(root, dirname(to)), { recursive: true });
    await copyFile(from, join(root, to));
  }
  await mkdir(join(root, 'tmp'));
  // As every image has it; the mask takes nothing away from a change of mode.
  await chmod(join(root, 'tmp'), 0o1777);
  const change = ['--change', 'ENTRYPOINT ["/bin/node"]', '--change', `CMD ["${program}"]`];
  const docker = `docker -H 'unix://${socketPath}' import ${change.map((part) => `'${part}'`).join(' ')} - '${name}'`;
  await run('sh', ['-c', `tar --create --directory '${root}' . | ${docker}`]);
  await rm(root, { recursive: true });
}
