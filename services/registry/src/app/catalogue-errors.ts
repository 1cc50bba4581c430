import type { PackageKey, PackageRecord } from '../domain/package-record.ts';

const MAX_SHOWN = 10;

/** There is no such package, or no version of it that is asked for. */
export class PackageNotFoundError extends Error {
  override readonly name = 'PackageNotFoundError';
  readonly place: string;

  constructor({ namespace, name }: PackageKey, choice = '') {
    super(`no package ${name}${choice === '' ? '' : ` of version ${choice}`} in namespace ${namespace}`);
    this.place = name;
  }
}

/** An agent was not installed from a package. */
export class NotInstalledError extends Error {
  override readonly name = 'NotInstalledError';
  readonly place: string;

  constructor(agentId: string) {
    super(`agent ${agentId} was not installed from a package`);
    this.place = agentId;
  }
}

/** The version is there with other files. */
export class PackageVersionExistsError extends Error {
  override readonly name = 'PackageVersionExistsError';
  readonly place: string;

  constructor({ name, version, digest }: Pick<PackageRecord, 'name' | 'version' | 'digest'>, isDeleted: boolean) {
    const deleted = isDeleted ? ', and deleted' : '';
    super(`version ${version} of package ${name} was published with other files${deleted}: ${digest}`);
    this.place = name;
  }
}

/** Something that is installed is of the version. */
export class PackageInUseError extends Error {
  override readonly name = 'PackageInUseError';
  readonly place: string;

  constructor({ name }: PackageKey, version: string, users: readonly string[]) {
    const shown = users.slice(0, MAX_SHOWN).join(', ');
    const more = users.length > MAX_SHOWN ? ` and ${users.length - MAX_SHOWN} more` : '';
    super(`version ${version} of package ${name} is installed as ${shown}${more}`);
    this.place = name;
  }
}

/** Nobody that is trusted stands for the package. */
export class PackageUntrustedError extends Error {
  override readonly name = 'PackageUntrustedError';
  readonly place: string;
  /** The key to trust. Undefined: it is not signed. */
  readonly keyId: string | undefined;

  constructor({ name, version, keyId }: Pick<PackageRecord, 'name' | 'version' | 'keyId'>, why: string) {
    super(`version ${version} of package ${name} ${why}`);
    this.place = name;
    this.keyId = keyId;
  }
}

/** What is installed under this id does not come from this package. */
export class AgentTakenError extends Error {
  override readonly name = 'AgentTakenError';

  constructor(agentId: string, name: string) {
    super(`${agentId} is there, and not from package ${name}; give another agent_id, or delete it`);
  }
}
