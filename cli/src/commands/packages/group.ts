import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.addCommands(command, [
    { name: 'pack', summary: 'Makes an archive of a folder', load: () => import('./pack.ts') },
    { name: 'keygen', summary: 'Makes a key to sign packages with', load: () => import('./keygen.ts') },
    { name: 'sign', summary: 'Signs an archive', load: () => import('./sign.ts') },
    { name: 'verify', summary: 'Checks a folder or an archive, and its signature', load: () => import('./verify.ts') },
    { name: 'publish', summary: 'Publishes a folder or an archive', load: () => import('./publish.ts') },
    { name: 'search', summary: 'Finds packages', load: () => import('./search.ts') },
    { name: 'get', summary: 'Shows a package', load: () => import('./get.ts') },
    { name: 'versions', summary: 'Lists the versions of a package', load: () => import('./versions.ts') },
    { name: 'download', summary: 'Writes the archive of a package to a file', load: () => import('./download.ts') },
    { name: 'yank', summary: 'Takes a version out of ranges, or puts it back', load: () => import('./yank.ts') },
    { name: 'delete', summary: 'Deletes a version that is installed nowhere', load: () => import('./delete.ts') },
    {
      name: 'install',
      summary: 'Installs a package, of here, of a folder or file, or of another platform',
      load: () => import('./install.ts'),
    },
    { name: 'uninstall', summary: 'Takes an installation back', load: () => import('./uninstall.ts') },
    { name: 'policy', summary: 'Says what may be installed', load: () => import('./policy-group.ts') },
    { name: 'trust', summary: 'Says whose signatures count', load: () => import('./trust-group.ts') },
  ]);
};
