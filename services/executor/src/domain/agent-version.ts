import semver from 'semver';

/** Whether an agent's version is in a semantic version range. An empty range takes any; a malformed one takes none. */
export function versionFits(version: string, range: string): boolean {
  return range === '' || semver.satisfies(version, range, { includePrerelease: true, loose: true });
}
