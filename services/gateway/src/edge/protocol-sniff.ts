import type { Socket } from 'node:net';

/** What a client speaks. */
export type Protocol = 'http1' | 'http2';

/** Every HTTP/2 connection begins with this; no HTTP/1 method is `PRI`. */
const PREFACE = Buffer.from('PRI * HTTP/2.0');

/** Longest time until a client says anything. Browsers open connections ahead of need. */
const SILENCE_MS = 60_000;

/**
 * Reads the first bytes of a connection, puts them back, and says what they are. A client that says nothing in time,
 * or goes away, is dropped without a word.
 */
export function sniffProtocol(socket: Socket, decided: (protocol: Protocol) => void): void {
  let seen = Buffer.alloc(0);
  const drop = () => socket.destroy();
  const onData = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
    const known = seen.subarray(0, PREFACE.length);
    const isPreface = known.equals(PREFACE.subarray(0, known.length));
    if (isPreface && known.length < PREFACE.length) return;
    for (const event of ['error', 'end', 'timeout']) socket.off(event, drop);
    socket.off('data', onData);
    socket.setTimeout(0);
    socket.pause();
    socket.unshift(seen);
    decided(isPreface ? 'http2' : 'http1');
  };
  socket.on('data', onData);
  for (const event of ['error', 'end', 'timeout']) socket.on(event, drop);
  socket.setTimeout(SILENCE_MS);
}
