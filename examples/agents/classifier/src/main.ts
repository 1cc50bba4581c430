import { integerOf, logLine, runAgentProcess } from '@skein/example-agent-host';
import { startGrpcServer } from '@skein/rpc';
import { classifierBinding } from './agent-service.ts';
import { loadModel } from './model.ts';

const MODEL_FILE = new URL('../../classifier-model/model.json', import.meta.url);

await runAgentProcess(process.env, (listen) => {
  const model = loadModel(process.env['CLASSIFIER_MODEL'] ?? MODEL_FILE);
  const delayMs = integerOf(process.env, 'CLASSIFY_DELAY_MS', 0, 3_600_000);
  return startGrpcServer({ ...listen, bindings: [classifierBinding({ model, delayMs, log: logLine })] });
});
