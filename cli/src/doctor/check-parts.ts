import { join } from 'node:path';
import { checkDurability, createPool, readOwnerNote } from '@skein/postgres';
import { postgresDirectory } from '../distributed/part-runner.ts';
import { probeNats } from '../distributed/probe.ts';
import { statusOf, type PartStatus, type PlatformStatus } from '../distributed/status.ts';
import type { Environment } from '../host.ts';
import { modeDirectory, type Settings } from '../settings.ts';
import { errorText, ok, problem, type Finding } from './finding.ts';

/** The processes of the platforms of the data directory, and the Postgres and NATS they stand on. */
export async function checkParts(settings: Settings, env: Environment): Promise<Finding[]> {
  const platforms = await statusOf(settings);
  const findings = await Promise.all(platforms.map((platform) => checkPlatform(platform, settings, env)));
  return findings.flat();
}

async function checkPlatform(platform: PlatformStatus, settings: Settings, env: Environment): Promise<Finding[]> {
  const { mode, parts } = platform;
  const directory = modeDirectory(settings, mode);
  const processes = parts.map((part) => checkPart(mode, part));
  const postgresDir = mode === 'embedded' ? join(directory, 'postgres') : postgresDirectory(directory);
  const external = mode === 'distributed' ? env['DATABASE_URL'] : undefined;
  const findings = [...processes, await checkPostgres(mode, external || (await readOwnerNote(postgresDir))?.url)];
  const natsUrl = env['SKEIN_NATS_URL'];
  // Our own server is among the processes above.
  if (mode === 'distributed' && natsUrl) findings.push(await checkNats(natsUrl));
  return findings;
}

function checkPart(mode: string, { name, state, pid, log, reason }: PartStatus): Finding {
  const check = name === mode ? mode : `${mode} ${name}`;
  if (state === 'READY') return ok(check, `ready, pid ${pid}`);
  const remedy = mode === 'distributed' ? `see ${log}; \`skein up\` starts what has died` : `see ${log}`;
  return problem(check, `${state.toLowerCase()}: ${reason}`, remedy);
}

async function checkPostgres(mode: string, url: string | undefined): Promise<Finding> {
  const check = `${mode} database`;
  const again = mode === 'distributed' ? '`skein up` starts it again' : 'start `skein dev` again';
  if (url === undefined) return problem(check, 'it does not run', again);
  const pool = createPool(url, { max: 1, applicationName: 'skein-doctor' });
  try {
    const { rows } = await pool.query<{ version: string }>("SELECT current_setting('server_version') AS version");
    await checkDurability(pool);
    return ok(check, `Postgres ${rows[0]?.version ?? ''} answers and keeps what it commits`);
  } catch (error) {
    return problem(check, errorText(error), again);
  } finally {
    await pool.end().catch(() => undefined);
  }
}

async function checkNats(url: string): Promise<Finding> {
  const probed = await probeNats(url);
  if (probed.ready) return ok('nats', `${url} answers, JetStream is on`);
  return problem('nats', `${url}: ${probed.reason}`, 'start it with JetStream (-js), or correct SKEIN_NATS_URL');
}
