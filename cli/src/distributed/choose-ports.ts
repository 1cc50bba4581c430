import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Environment } from '../host.ts';
import { freePortLike, isFree } from '../platform/free-port.ts';
import type { PartPorts, PartSpec } from './parts.ts';
import type { PartRecord } from './record.ts';

/**
 * Chooses the ports of all parts. What runs keeps its ports, and so does what ran beside it: the others look for it
 * there. Elsewhere a port that the user has set is taken or refused, and a default gives way to a free one.
 */
export async function choosePorts(
  parts: readonly PartSpec[],
  env: Environment,
  known: Readonly<Record<string, PartRecord>>,
  isRunning: (name: string) => boolean,
): Promise<PartPorts> {
  const chosen: Record<string, Record<string, number>> = {};
  const taken = new Set<number>();
  for (const part of parts) {
    const ports: Record<string, number> = {};
    for (const { use, env: variable, preferred } of part.ports) {
      const before = known[part.name]?.ports[use];
      const given = portOf(env[variable]);
      let port: number;
      if (before !== undefined) port = isRunning(part.name) ? before : await mustBeFree(before, part.name, 'down');
      else if (given !== undefined) port = await mustBeFree(given, part.name, variable);
      else port = await unusedLike(preferred, taken);
      taken.add(port);
      ports[use] = port;
    }
    chosen[part.name] = ports;
  }
  return chosen;
}

/** 0 means any, as everywhere. */
function portOf(text = ''): number | undefined {
  const port = Number(text.trim());
  return /^\d+$/.test(text.trim()) && port > 0 && port < 65_536 ? port : undefined;
}

/** The probe listens only for a moment, so the system may give the same free port twice. */
async function unusedLike(preferred: number, taken: ReadonlySet<number>): Promise<number> {
  let port = await freePortLike(preferred);
  while (taken.has(port)) port = await freePortLike(0);
  return port;
}

async function mustBeFree(port: number, part: string, source: string): Promise<number> {
  if (await isFree(port)) return port;
  throw new CliError({
    reason: 'PORT_TAKEN',
    message: `port ${port} of ${part} is taken by another program`,
    place: source === 'down' ? part : source,
    remedy:
      source === 'down'
        ? 'end that program, or `skein down` and `skein up`, which chooses other ports'
        : 'end that program, or choose another port; without the variable a free one is taken',
    exitCode: EXIT.refused,
  });
}
