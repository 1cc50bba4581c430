import type { MessageInitShape } from '@bufbuild/protobuf';
import type { OutgoingMessageSchema } from '@skein/contracts/eventlog';
import type { Command } from 'commander';
import { durationOfMs, valueOfJson } from '../api/wire-values.ts';
import type { Host } from '../host.ts';
import { JSON_FORMS, readJson } from '../input/json-input.ts';
import { collectPair, parseSpanMs } from '../input/option-values.ts';

/** Options of every command that sends a message. */
export interface MessageOptions {
  readonly from?: string;
  readonly run?: string;
  readonly session?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly correlationId?: string;
  readonly messageId?: string;
  readonly ttl?: number;
}

/** Help for the payload. */
export const PAYLOAD_HELP = `what it says: ${JSON_FORMS}`;

/** Adds them. */
export function addMessageOptions(command: Command): void {
  command
    .option('--from <agent>', 'who sends it')
    .option('--run <id>', 'the run it belongs to')
    .option('--session <id>', 'the session it belongs to')
    .option('--metadata <key=value>', 'a text beside it; may be repeated', collectPair)
    .option('--correlation-id <id>', 'ties messages of one exchange together')
    .option('--message-id <uuid>', 'the same id again is the same message')
    .option('--ttl <span>', 'how long it may be received (30s, 1h)', parseSpanMs);
}

/** The message that they and a payload make. */
export async function outgoingMessage(
  payload: string,
  options: MessageOptions,
  host: Host,
): Promise<MessageInitShape<typeof OutgoingMessageSchema>> {
  return {
    messageId: options.messageId ?? '',
    runId: options.run ?? '',
    sessionId: options.session ?? '',
    fromAgent: options.from ?? '',
    correlationId: options.correlationId ?? '',
    metadata: { ...options.metadata },
    payload: valueOfJson(await readJson(payload, '<payload>', host)),
    ...(options.ttl === undefined ? {} : { timeToLive: durationOfMs(options.ttl) }),
  };
}
