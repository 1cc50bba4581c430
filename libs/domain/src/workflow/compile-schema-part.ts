import type { JsonSchema } from './definition.ts';
import type { DocumentPath, ProblemList } from './problem-list.ts';
import { compileSchema, type Validate } from './schema-validator.ts';

/** Compiles the JSON Schema at a place of the document. None accepts everything; a bad one becomes a problem there. */
export function compileSchemaIn(schema: JsonSchema | undefined, at: DocumentPath, problems: ProblemList): Validate {
  if (schema === undefined) return acceptAll;
  const compiled = compileSchema(schema);
  if ('validate' in compiled) return compiled.validate;
  problems.add({
    at,
    code: 'BAD_SCHEMA',
    message: `not a JSON Schema 2020-12: ${compiled.reason}`,
    mend: 'references to other documents, lookaround and backreferences in patterns are not supported',
  });
  return acceptAll;
}

const acceptAll: Validate = () => [];
