import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { ChaosSet } from '../set/chaos-set.ts';
import type { FaultKind, PlannedFault } from './fault.ts';

/** NATS is not needed for runs to go on: nothing is silenced by its faults. */
function ofBus(
  kind: string,
  text: string,
  lastsMs: number,
  rest: Pick<PlannedFault, 'inflict' | 'heal'>,
): PlannedFault {
  return { kind, text, lastsMs, silences: [], holds: false, ...rest };
}

export const BUS_FAULTS: readonly FaultKind[] = [
  {
    name: 'kill-nats',
    draw(random) {
      const lastsMs = random.integer(0, 5000);
      const text = `kill -9 of nats-server, started again after ${lastsMs} ms on its store`;
      return ofBus('kill-nats', text, lastsMs, {
        inflict: (set) => set.nats.kill(),
        heal: (set) => set.nats.restart(),
      });
    },
  },
  {
    name: 'pause-nats',
    draw(random) {
      const lastsMs = random.integer(2000, 12_000);
      return ofBus('pause-nats', `SIGSTOP of nats-server for ${lastsMs} ms`, lastsMs, {
        inflict: (set) => Promise.resolve(set.nats.pause()),
        heal: (set) => Promise.resolve(set.nats.resume()),
      });
    },
  },
  {
    name: 'wipe-nats',
    draw(random) {
      const lastsMs = random.integer(0, 5000);
      const text = `kill -9 of nats-server, its store deleted, started again after ${lastsMs} ms`;
      return ofBus('wipe-nats', text, lastsMs, {
        async inflict(set) {
          await set.nats.kill();
          await set.nats.wipeStore();
        },
        heal: (set) => set.nats.restart(),
      });
    },
  },
  {
    name: 'delete-streams',
    draw() {
      return ofBus('delete-streams', 'every JetStream stream deleted while it is used', 0, {
        inflict: deleteStreams,
        heal: () => Promise.resolve(),
      });
    },
  },
];

async function deleteStreams(set: ChaosSet): Promise<void> {
  const connection = await connect({ servers: set.nats.url });
  try {
    const manager = await jetstreamManager(connection);
    for await (const { config } of manager.streams.list()) await manager.streams.delete(config.name);
  } finally {
    await connection.close();
  }
}
