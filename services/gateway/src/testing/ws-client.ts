import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A WebSocket of a test, with everything it has heard. */
export class WsClient implements Disposable {
  readonly socket: WebSocket;
  readonly messages: { readonly [field: string]: unknown }[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.messages.push(JSON.parse(data.toString()) as never));
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /** Opens a socket at a path of a base URL. */
  static async open(url: string, path: string): Promise<WsClient> {
    const client = new WsClient(new WebSocket(`${url.replace('http', 'ws')}${path}`));
    await once(client.socket, 'open');
    return client;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }
}
