/**
 * Somebody who answers messages:
 *
 *   SKEIN_API_URL=http://127.0.0.1:8080 AGENT=echo ./bin/node examples/messages/main.ts
 *   ./bin/skein messages send '"hello"' --to echo --from me --wait 30s
 *
 * It prints READY, receives what is sent to AGENT, answers each message with its payload, and acknowledges it once the
 * answer is stored: killed in between, it is sent the message again, and its answer, under the same id, is stored once.
 * It ends with code 0 on SIGINT or SIGTERM. Nothing but HTTP is needed.
 */
import { createHash } from 'node:crypto';

const { SKEIN_API_URL = 'http://127.0.0.1:8080', SKEIN_NAMESPACE = 'default', AGENT = 'echo' } = process.env;
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort());

interface Message {
  readonly message_id: string;
  readonly payload: unknown;
}

async function post<T>(path: string, body: object): Promise<T> {
  const response = await fetch(`${SKEIN_API_URL}/api/v1/messages${path}?namespace=${SKEIN_NAMESPACE}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: stopping.signal,
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Always the same id for the same question, so that answering twice is answering once. */
function answerId(questionId: string): string {
  const hex = createHash('sha256').update(`${AGENT} answers ${questionId}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

console.log('READY');
let cursor = '';
try {
  for (;;) {
    const asked = { agent_id: AGENT, timeout: '30s', ...(cursor === '' ? {} : { cursor }) };
    const received = await post<{ messages: Message[]; cursor?: string }>('/receive', asked);
    for (const { message_id: replyTo, payload } of received.messages) {
      await post('', {
        message_id: answerId(replyTo),
        reply_to: replyTo,
        from_agent: AGENT,
        payload: { echo: payload },
      });
    }
    cursor = received.cursor ?? '';
  }
} catch (error) {
  if (!stopping.signal.aborted) throw error;
}
