import type { JsonObject } from '@bufbuild/protobuf';

/** Where instances can run. */
export const RUNTIMES = ['process', 'container'] as const;

/** The runtime that an InstanceTemplate as JSON asks for; empty: none that this version knows. */
export function runtimeOf(template: JsonObject): string {
  return RUNTIMES.find((runtime) => runtime in template) ?? '';
}
