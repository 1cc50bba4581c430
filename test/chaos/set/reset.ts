import type { Socket } from 'node:net';

/**
 * Ends a connection with a reset. One whose own end is being said right now is closed instead: libuv refuses to reset it
 * (uv_tcp_close_reset answers EINVAL), and Node then takes its handle for closing, though it is not, and waits for it at the
 * end of the process without end.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
