/** A program that polls the API at SKEIN_API_URL for tasks, and answers each with its input. */
import { setTimeout as delay } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { WorkerService, type PolledTask } from '@skein/contracts/worker';
import { grpcTransport } from '@skein/rpc';

const PAUSE_MS = 20;
const transport = grpcTransport({ address: new URL(process.env['SKEIN_API_URL'] ?? 'http://127.0.0.1:8080').host });
const client = createClient(WorkerService, transport);
const identity = { workerId: randomUUID(), card: { agentId: 'poller', version: '1.0.0', skills: [] } };

/** Says it until it was heard, or nobody waits for it. */
async function complete({ taskToken, task }: PolledTask): Promise<void> {
  const { input } = task?.request ?? {};
  for (;;) {
    try {
      await client.completeTask({ taskToken, result: input === undefined ? {} : { output: input } });
      return;
    } catch (error) {
      if (ConnectError.from(error).code === Code.NotFound) return;
      await delay(PAUSE_MS);
    }
  }
}

for (;;) {
  const { tasks } = await client.pollTasks(identity).catch(async () => {
    await delay(PAUSE_MS);
    return { tasks: [] };
  });
  await Promise.all(tasks.map(complete));
}
