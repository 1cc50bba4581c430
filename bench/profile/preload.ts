/**
 * Loaded before a Node program of the platform: SIGUSR2 begins a CPU profile, SIGUSR2 again ends it and writes it to
 * BENCH_PROFILE_FILE, whole or not at all.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

const INTERVAL_US = 500;
const file = process.env['BENCH_PROFILE_FILE'];
const session = new Session();
let running = false;

async function toggle(path: string): Promise<void> {
  running = !running;
  if (running) {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
    await session.post('Profiler.start');
    return;
  }
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  writeFileSync(`${path}.new`, JSON.stringify(profile));
  renameSync(`${path}.new`, path);
}

if (file !== undefined) process.on('SIGUSR2', () => void toggle(file));
