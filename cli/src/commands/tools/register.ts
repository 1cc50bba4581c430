import { InputPlace, RegisterToolResponseSchema } from '@skein/contracts/registry';
import { Option } from 'commander';
import { connect } from '../../api/api.ts';
import { invalidValue } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { JSON_FORMS, readJsonObject } from '../../input/json-input.ts';
import { collectPair } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';
import { toolTarget } from '../../service/tool-view.ts';

interface Options {
  readonly url?: string;
  readonly method?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly inputPlace?: 'body' | 'query';
  readonly service?: string;
  readonly rpcMethod?: string;
  readonly description?: string;
  readonly inputSchema?: string;
  readonly outputSchema?: string;
}

const PLACES = { body: InputPlace.BODY, query: InputPlace.QUERY } as const;

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<tool>', 'id of the tool')
    .option('--url <url>', 'an HTTP tool: its URL; {name} in the path is that member of the input')
    .option('--method <word>', 'its HTTP method; default: POST')
    .option('-H, --header <name=value>', 'header of every request; may be repeated', collectPair)
    .addOption(new Option('--input-place <word>', 'where the rest of the input goes').choices(Object.keys(PLACES)))
    .option('--service <id>', 'a tool that is a method of this rpc service')
    .option('--rpc-method <name>', 'the method, package.Service/Method')
    .option('--description <text>', 'what it does')
    .option('--input-schema <json>', `JSON Schema of its input: ${JSON_FORMS}`)
    .option('--output-schema <json>', `JSON Schema of its output: ${JSON_FORMS}`);
  invocation.handle(command, async (session, toolId: string, options: Options) => {
    const { output, host } = session;
    const kind = kindOf(options);
    const schema = async (text: string | undefined, option: string) =>
      text === undefined ? undefined : await readJsonObject(text, option, host);
    const inputSchema = await schema(options.inputSchema, '--input-schema');
    const outputSchema = await schema(options.outputSchema, '--output-schema');
    const { tools, namespace } = await connect(session);
    const answer = await tools.registerTool({
      tool: {
        namespace,
        toolId,
        description: options.description ?? '',
        ...(inputSchema === undefined ? {} : { inputSchema }),
        ...(outputSchema === undefined ? {} : { outputSchema }),
        kind,
      },
    });
    output.document(plainJson(RegisterToolResponseSchema, answer));
    if (!answer.tool) return;
    output.line(`${toolId} ${answer.created ? 'registered' : 'changed'}: ${toolTarget(answer.tool)}`);
  });
};

function kindOf({ url, method = 'POST', header = {}, inputPlace, service, rpcMethod = '' }: Options) {
  if (url !== undefined && service === undefined) {
    const place = inputPlace === undefined ? InputPlace.UNSPECIFIED : PLACES[inputPlace];
    return {
      case: 'http' as const,
      value: { method: method.toUpperCase(), url, headers: { ...header }, inputPlace: place },
    };
  }
  if (service !== undefined && url === undefined) {
    return { case: 'rpc' as const, value: { serviceId: service, method: rpcMethod } };
  }
  throw invalidValue(
    '--url',
    'a tool is either an HTTP request or a method',
    'give --url, or --service and --rpc-method',
  );
}
