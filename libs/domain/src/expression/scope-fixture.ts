import type { JsonValue } from './json.ts';
import type { Scope } from './scope.ts';

/** A scope for tests: what is not given is not there. */
export function testScope(
  parts: Partial<Omit<Scope, 'outputs'>> & { readonly outputs?: Readonly<Record<string, JsonValue>> } = {},
): Scope {
  const { outputs = {}, ...rest } = parts;
  return {
    input: null,
    run: { id: 'run-1', workflow_id: 'support', namespace: 'default' },
    ...rest,
    outputs: (id) => (Object.hasOwn(outputs, id) ? outputs[id] : undefined),
  };
}
