/** What may use what inside one service: rpc → app → domain, adapters → app and domain, service.ts puts them together. */
import { dirname, join, normalize } from 'node:path/posix';
import type { Violation } from './package-rules.ts';
import type { SourceFile } from './source-files.ts';

/** The layers a file of a layer may import, besides its own. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  app: ['domain'],
  rpc: ['app', 'domain'],
  adapters: ['app', 'domain'],
};

/** Only the process entry may touch these; everything else is handed what it needs. */
const PROCESS_USE = /\bprocess\.(?:env|argv|exit|exitCode|on|once|stdin)\b/;

/** All violations of one service file. Tests may use any layer of their own service, and processes. */
export function checkLayers(file: SourceFile): Violation[] {
  if (!file.path.startsWith('services/') || file.isTest) return [];
  return [...checkImports(file), ...checkProcessUse(file)];
}

function checkImports(file: SourceFile): Violation[] {
  const from = layerOf(file.inside);
  return file.imports.flatMap(({ specifier, line }) => {
    if (!specifier.startsWith('.')) return [];
    const target = normalize(join(dirname(file.inside), specifier));
    const to = layerOf(target);
    if (to === 'main') return [{ path: file.path, line, problem: 'nothing imports main.ts' }];
    if (from === 'service' || from === 'main' || to === from) return [];
    if (to === 'service')
      return from === 'index' ? [] : [{ path: file.path, line, problem: 'only main.ts imports service.ts' }];
    const allowed = ALLOWED[from];
    if (allowed ? to in ALLOWED && !allowed.includes(to) : to === 'adapters') {
      return [{ path: file.path, line, problem: `${from} must not import ${to} (${specifier})` }];
    }
    return [];
  });
}

function checkProcessUse(file: SourceFile): Violation[] {
  if (file.inside === 'main.ts') return [];
  return file.source.split('\n').flatMap((text, index) => {
    const use = PROCESS_USE.exec(text);
    const isComment = /^\s*(?:\*|\/\/|\/\*)/.test(text);
    return use && !isComment ? [{ path: file.path, line: index + 1, problem: `only main.ts uses ${use[0]}` }] : [];
  });
}

/** The folder below `src`, or the name of a file at its top. */
function layerOf(inside: string): string {
  const [first = ''] = inside.split('/');
  return first.replace(/\.ts$/, '');
}
