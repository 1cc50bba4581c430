import type { FaultKind } from './fault.ts';

/** Postgres is killed, and started again after a while: it recovers from its log. */
export const killPostgres: FaultKind = {
  name: 'kill-postgres',
  draw(random) {
    const whole = random.next() < 0.5;
    const lastsMs = random.integer(0, 5000);
    return {
      kind: 'kill-postgres',
      text: `kill -9 of Postgres, ${whole ? 'every process of it' : 'the postmaster alone'}, started again after ${lastsMs} ms`,
      lastsMs,
      silences: ['postgres'],
      holds: false,
      inflict: (set) => set.postgres.kill(whole),
      heal: (set) => set.postgres.ensureRunning(),
    };
  },
};

/** Every process of Postgres is frozen. */
export const pausePostgres: FaultKind = {
  name: 'pause-postgres',
  draw(random) {
    const lastsMs = random.integer(2000, 12_000);
    return {
      kind: 'pause-postgres',
      text: `SIGSTOP of every process of Postgres for ${lastsMs} ms`,
      lastsMs,
      silences: ['postgres'],
      holds: true,
      inflict: (set) => set.postgres.pause(),
      async heal(set) {
        await set.postgres.resume();
        await set.postgres.ensureRunning();
      },
    };
  },
};

/** Not a byte is left on the disk of Postgres' files. */
export const fillDisk: FaultKind = {
  name: 'fill-disk',
  needs: 'a small disk',
  draw(random) {
    const lastsMs = random.integer(3000, 8000);
    return {
      kind: 'fill-disk',
      text: `no room on the disk of Postgres for ${lastsMs} ms`,
      lastsMs,
      silences: ['postgres'],
      holds: false,
      async inflict(set) {
        await set.disk?.fill();
      },
      async heal(set) {
        await set.disk?.empty();
        // Where there was no room for its log, it has ended.
        await set.postgres.ensureRunning();
      },
    };
  },
};
