import type { Client } from '@connectrpc/connect';
import { LogLineSchema, type DeploymentService } from '@skein/contracts/registry';
import { present } from '../presentation/present.ts';
import type { FeedItem } from './run-feed.ts';

/** What to read. */
export interface LogFeedRequest {
  readonly namespace: string;
  readonly deploymentId: string;
  /** Empty: of all instances. */
  readonly assignmentId: string;
  readonly tailLines: number;
  readonly follow: boolean;
}

/** Reads what instances wrote until that ends or `signal` fires; the stream behind ends with the loop over this. */
export async function* followLogs(
  deployments: Client<typeof DeploymentService>,
  request: LogFeedRequest,
  signal: AbortSignal,
): AsyncGenerator<FeedItem, void> {
  const left = new AbortController();
  const options = { signal: AbortSignal.any([signal, left.signal]) };
  try {
    for await (const { line } of deployments.streamLogs(request, options)) {
      if (line === undefined) yield { kind: 'keep_alive' };
      else {
        const cursor = `${line.assignmentId}/${line.number}`;
        yield { kind: 'event', cursor, event: { type: 'log', json: present(LogLineSchema, line) } };
      }
    }
  } finally {
    left.abort();
  }
}
