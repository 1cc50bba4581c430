import type { JsonValue } from '@bufbuild/protobuf';
import { PackageManifestSchema, type PackageManifest } from '@skein/contracts/registry';
import { compileSchema } from '@skein/domain';
import { messageFromPlain, PlainMessageError } from '@skein/events';
import { valid } from 'semver';
import { parse } from 'yaml';
import { PackageInvalidError } from './package-errors.ts';
import { MANIFEST_FILE, type PackageFiles } from './package-files.ts';

const MAX_MANIFEST_BYTES = 1024 * 1024;
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\/[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether it can be the name of a package. */
export function isPackageName(name: string): boolean {
  return NAME.test(name);
}

/** The part of a name before the slash, and the part after. */
export function partsOfName(name: string): { readonly publisher: string; readonly agent: string } {
  const [publisher = '', agent = ''] = name.split('/');
  return { publisher, agent };
}

/** What `agent.yaml` says. @throws PackageInvalidError; what a template or a card may hold is checked where it is applied. */
export function manifestOf(files: PackageFiles): PackageManifest {
  const file = files.get(MANIFEST_FILE);
  if (file === undefined) throw new PackageInvalidError(MANIFEST_FILE, 'is missing');
  if (file.data.length > MAX_MANIFEST_BYTES) throw invalid('', `give at most ${MAX_MANIFEST_BYTES} bytes`);
  let manifest: PackageManifest;
  try {
    const json = parse(file.data.toString('utf8')) as JsonValue;
    manifest = messageFromPlain(PackageManifestSchema, json as Parameters<typeof messageFromPlain>[1]);
  } catch (cause) {
    if (cause instanceof PlainMessageError) throw invalid(cause.field, cause.description, cause);
    throw invalid('', `is no YAML: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  check(manifest);
  return manifest;
}

function check({ name, version, runtime, configSchema, secrets, routing, replicas }: PackageManifest): void {
  if (!isPackageName(name)) {
    throw invalid(
      'name',
      'give PUBLISHER/NAME, each 1 to 63 lower-case letters, digits and hyphens, no hyphen at either end',
    );
  }
  if (valid(version) !== version) throw invalid('version', 'give a semantic version such as 1.2.0');
  if (runtime.case === undefined) throw invalid('', 'give a `template` or `endpoints`');
  if (configSchema !== undefined) {
    const compiled = compileSchema(configSchema);
    if ('reason' in compiled) throw invalid('config_schema', `is no JSON Schema (2020-12): ${compiled.reason}`);
  }
  if (runtime.case === 'template') {
    const { agentId, version: own, package: source, secretEnv } = runtime.value;
    if (agentId !== '') throw invalid('template.agent_id', 'leave it out: the installer chooses it');
    if (own !== '') throw invalid('template.version', 'leave it out: it is that of the package');
    if (source !== undefined) throw invalid('template.package', 'leave it out: it is this package');
    if (Object.keys(secretEnv).length > 0) {
      throw invalid(
        'template.secret_env',
        'leave it out: say in `secrets` what each is for, and the installer names them',
      );
    }
    if (routing !== undefined) throw invalid('routing', 'leave it out: it goes with `endpoints` alone');
  } else {
    if (Object.keys(secrets).length > 0) throw invalid('secrets', 'leave it out: it goes with a `template` alone');
    if (replicas !== undefined) throw invalid('replicas', 'leave it out: it goes with a `template` alone');
  }
}

function invalid(field: string, problem: string, cause?: unknown): PackageInvalidError {
  return new PackageInvalidError(field === '' ? MANIFEST_FILE : `${MANIFEST_FILE}: ${field}`, problem, { cause });
}
