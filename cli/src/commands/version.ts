import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandModule } from '../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.handle(command, async ({ host, output }) => {
    const manifest = JSON.parse(await readFile(join(host.root, 'package.json'), 'utf8')) as { version: string };
    const platform = `${process.platform}-${process.arch}`;
    output.document({ version: manifest.version, node: process.versions.node, platform });
    output.line(`skein ${manifest.version} (Node ${process.versions.node}, ${platform})`);
  });
};
