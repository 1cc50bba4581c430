import type { JsonObject } from '@bufbuild/protobuf';
import { maxSatisfying, prerelease, rcompare, validRange } from 'semver';

/** Names a package. */
export interface PackageKey {
  readonly namespace: string;
  /** PUBLISHER/NAME. */
  readonly name: string;
}

/** What a published version is made of. */
export interface PackageContent extends PackageKey {
  readonly version: string;
  /** PackageManifest as JSON. */
  readonly manifest: JsonObject;
  readonly description: string;
  readonly agentType: string;
  readonly capabilities: readonly string[];
  readonly digest: string;
  readonly fileCount: number;
  /** Undefined: nobody signed it. */
  readonly keyId: string | undefined;
  readonly archive: Buffer;
}

/** A published version. */
export interface PackageRecord extends Omit<PackageContent, 'archive' | 'description' | 'agentType' | 'capabilities'> {
  readonly sizeBytes: number;
  readonly isTrusted: boolean;
  readonly isYanked: boolean;
  readonly publishedAtMs: number;
}

/** A key whose signatures count for the packages of a publisher. */
export interface TrustedKeyRecord {
  readonly namespace: string;
  readonly publisher: string;
  readonly keyId: string;
  readonly publicKey: string;
  readonly createdAtMs: number;
}

/** What a template was installed from. */
export interface PackageSource {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
}

/** Undefined: the template, an InstanceTemplate as JSON, is of no package. */
export function packageSourceOf({ package: source }: JsonObject): PackageSource | undefined {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) return undefined;
  const textOf = (field: string) => (typeof source[field] === 'string' ? source[field] : '');
  return { name: textOf('name'), version: textOf('version'), digest: textOf('digest') };
}

type Version = Pick<PackageRecord, 'version' | 'isYanked'>;

/** The newest first. */
export function newestFirst<Of extends Version>(versions: readonly Of[]): readonly Of[] {
  return versions.toSorted((a, b) => rcompare(a.version, b.version));
}

/** Whether it is a version or a range of versions, or nothing. */
export function isVersionChoice(choice: string): boolean {
  return choice === '' || validRange(choice) !== null;
}

/**
 * The version that is meant: one that is named exactly, yanked or not; else the newest in the range that is not yanked;
 * of no range a prerelease only where there is nothing else.
 */
export function chosenVersion<Of extends Version>(versions: readonly Of[], choice: string): Of | undefined {
  const exact = versions.find(({ version }) => version === choice);
  if (exact !== undefined) return exact;
  const offered = newestFirst(versions.filter(({ isYanked }) => !isYanked));
  if (choice === '') return offered.find(({ version }) => prerelease(version) === null) ?? offered[0];
  const best = maxSatisfying(
    offered.map(({ version }) => version),
    choice,
  );
  return offered.find(({ version }) => version === best);
}
