/** A process with a gRPC agent that kills itself in the middle of its first answer. Prints its address. */
import { deltaStep, startGrpcAgent } from './grpc-agent.ts';

const agent = await startGrpcAgent(async function* () {
  yield deltaStep('my last wo');
  setImmediate(() => setImmediate(() => process.kill(process.pid, 'SIGKILL')));
  await new Promise(() => {});
});
process.stdout.write(`READY ${agent.address}\n`);
