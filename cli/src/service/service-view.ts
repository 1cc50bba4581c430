import { RpcProtocol } from '@skein/contracts/registry';

/** Protocols as they are written on the command line. */
export const RPC_PROTOCOLS: Readonly<Record<string, RpcProtocol>> = {
  grpc: RpcProtocol.GRPC,
  connect: RpcProtocol.CONNECT,
  'grpc-web': RpcProtocol.GRPC_WEB,
};

/** The word for a protocol. */
export function rpcProtocolWord(protocol: number): string {
  return Object.entries(RPC_PROTOCOLS).find(([, known]) => known === protocol)?.[0] ?? String(protocol);
}
