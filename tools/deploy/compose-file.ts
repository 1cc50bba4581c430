/** What the tests read of deploy/compose.yaml and deploy/Dockerfile. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A service of the compose file. */
export interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
}

/** The compose file. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, object>>;
  readonly volumes: Readonly<Record<string, object>>;
}

/** One image of the Dockerfile: a stage with an entry point. */
export interface ImageTarget {
  readonly name: string;
  readonly entrypoint: readonly string[];
  readonly healthcheck: readonly string[];
  readonly exposed: readonly number[];
  readonly env: Readonly<Record<string, string>>;
  /** Stage it is made from. */
  readonly from: string;
}

/** Reads the compose file, its merge keys applied, its `${NAME:-default}` as where no such variable is set. */
export async function readCompose(root: string): Promise<ComposeFile> {
  const text = await readFile(join(root, 'deploy/compose.yaml'), 'utf8');
  const interpolate = (_key: unknown, value: unknown): unknown =>
    typeof value === 'string' ? value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1') : value;
  return parse(text, interpolate, { merge: true }) as ComposeFile;
}

/** Reads the images of the Dockerfile. */
export async function readImages(root: string): Promise<readonly ImageTarget[]> {
  const text = await readFile(join(root, 'deploy/Dockerfile'), 'utf8');
  const stages = text.split(/^(?=FROM )/m).filter((stage) => stage.startsWith('FROM '));
  return stages.flatMap((stage) => {
    const entrypoint = /^ENTRYPOINT (.+)$/m.exec(stage)?.[1];
    const [, from = '', name = ''] = /^FROM (\S+) AS (\S+)/.exec(stage) ?? [];
    if (entrypoint === undefined) return [];
    const env = Array.from(stage.matchAll(/^ENV (\w+)=(\S+)$/gm), ([, key = '', value = '']) => [key, value] as const);
    return [
      {
        name,
        from,
        entrypoint: JSON.parse(entrypoint) as string[],
        healthcheck: JSON.parse(/^HEALTHCHECK .*CMD (\[.+\])$/m.exec(stage)?.[1] ?? '[]') as string[],
        exposed: (/^EXPOSE (.+)$/m.exec(stage)?.[1] ?? '').split(' ').map(Number),
        env: Object.fromEntries(env),
      },
    ];
  });
}
