import { access, constants, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Host } from '../host.ts';
import type { Settings } from '../settings.ts';
import { errorText, ok, problem, warning, type Finding } from './finding.ts';

const LEAST_FREE_BYTES = 1024 ** 3;
const LEAST_NODE = [24, 2] as const;

/** The Node that everything runs on, and the place where everything is kept. */
export async function checkMachine(host: Host, settings: Settings): Promise<Finding[]> {
  return [checkNode(process.versions.node, host.node), await checkDataDir(settings.dataDir)];
}

function checkNode(version: string, path: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isRecent = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  if (isRecent) return ok('node', `${version} (${path})`);
  const remedy = 'start with ./bin/skein, which brings the right one, or install Node 24';
  return problem('node', `${version} is older than ${LEAST_NODE.join('.')}`, remedy);
}

async function checkDataDir(dataDir: string): Promise<Finding> {
  try {
    const existing = await nearestExisting(dataDir);
    await access(existing, constants.W_OK);
    const { bavail, bsize } = await statfs(existing);
    const freeGib = (bavail * bsize) / 1024 ** 3;
    const detail = `${dataDir} (${freeGib.toFixed(1)} GiB free)`;
    if (bavail * bsize > LEAST_FREE_BYTES) return ok('data folder', detail);
    return warning('data folder', `${detail}: that is little`, 'make room, or choose another folder with --data-dir');
  } catch (error) {
    return problem('data folder', errorText(error), 'choose a folder that you may write to, with --data-dir');
  }
}

/** The folder itself may be made later. */
async function nearestExisting(path: string): Promise<string> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  return exists || dirname(path) === path ? path : nearestExisting(dirname(path));
}
