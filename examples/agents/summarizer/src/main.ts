import { runAgentProcess } from '@skein/example-agent-host';
import { startA2aServer } from './a2a-server.ts';

await runAgentProcess(process.env, startA2aServer);
