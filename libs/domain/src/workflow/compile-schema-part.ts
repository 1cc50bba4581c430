import type { JsonSchema } from './definition.ts';
import type { DocumentPath, ProblemList } from './problem-list.ts';
import { compileSchema, type Validate } from './schema-validator.ts';

/** Compiles the JSON Schema at a place of the document. None accepts everything; a bad one becomes a problem there. */
export function compileSchemaIn(schema: JsonSchema | undefined, at: DocumentPath, problems: ProblemList): Validate {
  if (schema === undefined) return acceptAll;
  const compiled = compileSchema(schema);
  if ('validate' in compiled) return compiled.validate;
  problems.add({
    at: [...at, ...pointerParts(compiled.pointer)],
    code: 'BAD_SCHEMA',
    message: `not a JSON Schema 2020-12: ${compiled.reason}`,
    mend: mendOf(compiled.reason),
  });
  return acceptAll;
}

const acceptAll: Validate = () => [];

function pointerParts(pointer: string): DocumentPath {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function mendOf(reason: string): string | undefined {
  if (reason.includes('reference')) return 'only references within the schema are followed, such as #/$defs/address';
  return reason.startsWith('pattern') ? 'lookaround and backreferences are not supported' : undefined;
}
