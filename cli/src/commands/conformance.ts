import type { JsonValue } from '@bufbuild/protobuf';
import type { RuleReport } from '@skein/conformance';
import { Option } from 'commander';
import { CliError } from '../cli-error.ts';
import type { CommandModule } from '../command.ts';
import { checkAgent, checkWorker, HTTP_CHECKS } from '../conformance/check.ts';
import { showReport, summary } from '../conformance/show-report.ts';
import { EXIT } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { JSON_FORMS, readJson } from '../input/json-input.ts';
import { wholeNumber } from '../input/option-values.ts';

type Protocol = 'grpc' | keyof typeof HTTP_CHECKS;

const PROTOCOLS: readonly Protocol[] = ['grpc', 'http-process', 'http-invoke-sse', 'http-execute', 'a2a'];

interface Options {
  readonly input?: string;
  readonly slowInput?: string;
  readonly idempotent?: boolean;
  readonly protocol?: Protocol;
  readonly taskType?: string;
  readonly worker?: boolean;
  readonly poll?: boolean;
  readonly port?: number;
  readonly command?: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('[address]', 'host:port of a gRPC agent, or the base URL of one over HTTP')
    .addOption(
      new Option('--protocol <name>', 'how it is spoken to; default: http-process for a URL, else grpc').choices(
        PROTOCOLS,
      ),
    )
    .option('--input <json>', `an input that it takes; default: one made of its schema: ${JSON_FORMS}`)
    .option('--slow-input <json>', 'an input that takes it longer than two seconds, to see it being stopped')
    .option('--idempotent', 'it says that it remembers idempotency keys')
    .option('--task-type <name>', 'with --protocol http-execute: a type of task that it knows')
    .option('--worker', 'open a port that a worker dials in to, instead of calling an agent')
    .option('--poll', 'with --worker: it polls, instead of holding a stream')
    .option('--port <number>', 'with --worker: the port; default: a free one', wholeNumber(0, 65_535))
    .option('--command <shell>', 'with --worker: starts it, with SKEIN_API_URL set, and stops it with SIGTERM')
    .addHelpText('after', '\nExits with 1 where a rule is broken. Every rule is explained in docs/conformance.md.');
  invocation.handle(command, async ({ host, output }, address: string | undefined, options: Options) => {
    const inputs = await readInputs(options, host);
    const reports: RuleReport[] = [];
    for await (const report of rulesOf(address, options, inputs, host, (line) => output.note(line))) {
      reports.push(report);
      showReport(report, output);
    }
    const conforms = reports.every(({ verdict }) => verdict !== 'broken');
    output.document({ conforms, rules: reports });
    output.line(summary(reports));
    return conforms ? EXIT.ok : EXIT.unsuccessful;
  });
};

interface Inputs {
  readonly input?: JsonValue;
  readonly slowInput?: JsonValue;
}

async function readInputs({ input, slowInput }: Options, host: Host): Promise<Inputs> {
  return {
    ...(input === undefined ? {} : { input: await readJson(input, '--input', host) }),
    ...(slowInput === undefined ? {} : { slowInput: await readJson(slowInput, '--slow-input', host) }),
  };
}

function rulesOf(
  address: string | undefined,
  options: Options,
  inputs: Inputs,
  host: Host,
  note: (line: string) => void,
): AsyncGenerator<RuleReport, void, undefined> {
  if (options.worker === true && address === undefined) {
    const { port = 0, command, poll: polls = false } = options;
    return checkWorker({ ...inputs, port, command, polls, host, note });
  }
  if (options.worker !== true && address !== undefined) {
    const protocol = options.protocol ?? (/^https?:/.test(address) ? 'http-process' : 'grpc');
    if (protocol === 'grpc') return checkAgent({ ...inputs, address, isIdempotent: options.idempotent === true });
    const { taskType } = options;
    return HTTP_CHECKS[protocol]({ ...inputs, address, ...(taskType === undefined ? {} : { taskType }) });
  }
  throw new CliError({
    reason: 'USAGE',
    message: 'it takes the address of an agent, or --worker, which has none',
    remedy: '`skein conformance 127.0.0.1:7001`, or `skein conformance --worker --port 9400`',
    exitCode: EXIT.usage,
  });
}
