import type { Tool } from '@skein/contracts/registry';

/** What a tool calls, on one line. */
export function toolTarget({ kind }: Tool): string {
  switch (kind.case) {
    case 'http':
      return `${kind.value.method} ${kind.value.url}`;
    case 'rpc':
      return `${kind.value.serviceId} ${kind.value.method}`;
    case undefined:
      return 'a kind that this version does not know';
  }
}
