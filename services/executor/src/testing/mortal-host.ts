/** A process that keeps the agent given by its argument running, with a child of that, and waits to be killed. */
import { create } from '@bufbuild/protobuf';
import { AgentProtocol, InstanceTemplateSchema } from '@skein/contracts/registry';
import { processRuntime } from '../adapters/process/process-runtime.ts';
import { hostedSettings } from '../domain/hosted-settings.ts';

const [, , agent = ''] = process.argv;
const child = Promise.withResolvers<string>();
const runtime = processRuntime({
  host: '127.0.0.1',
  environment: {},
  secretsDirectory: undefined,
  cgroupDirectory: undefined,
  packages: { hold: () => Promise.reject(new Error('it is of no package')), async [Symbol.asyncDispose]() {} },
  onLine: (_key, line) => {
    const pid = /child (\d+)/.exec(line)?.[1];
    if (pid !== undefined) child.resolve(pid);
  },
});
const template = create(InstanceTemplateSchema, {
  agentId: 'mine',
  version: '1.0.0',
  protocol: AgentProtocol.HTTP_PROCESS,
  runtime: { case: 'process', value: { command: process.execPath, args: [agent] } },
  env: { MODE: 'parent' },
});
const settings = hostedSettings(template);
if (settings === undefined) throw new Error('the runtime of the template is not known');
const key = { namespace: 'default', deploymentId: 'd', assignmentId: 'd-1' };
const { pid } = await runtime.start({ key, settings, signal: new AbortController().signal });
process.stdout.write(`READY ${pid} ${await child.promise}\n`);
