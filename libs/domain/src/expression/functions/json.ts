import { Fault, valueFault } from '../fault.ts';
import { charge, chargeChars } from '../frame.ts';
import { type JsonValue, textOf } from '../json.ts';
import { toJson } from '../result.ts';
import { any, text } from './arguments.ts';
import { declare, type FunctionSpec } from './spec.ts';

/** JSON as text, and values as the texts that conditions without quotes compare. */
export const JSON_FUNCTIONS: readonly FunctionSpec[] = [
  /** The JSON text of a value. */
  declare('to_json(dyn): string', (args, frame, site) => {
    const json = toJson(any(args, 0), frame, site);
    if (json instanceof Fault) return json;
    const written = JSON.stringify(json.value);
    return chargeChars(frame, written.length, site) ?? written;
  }),
  /** The value a JSON text stands for. */
  declare('from_json(string): dyn', (args, frame, site) => {
    const spent = charge(frame, text(args, 0).length / 8, site);
    if (spent !== undefined) return spent;
    const parsed = parseJson(text(args, 0));
    return parsed === undefined ? valueFault(site, 'the text is not JSON') : parsed.value;
  }),
  /** A value as text without spaces around: a text itself, anything else as JSON. */
  declare('text(dyn): string', (args, frame, site) => {
    const value = any(args, 0);
    if (typeof value === 'string') return chargeChars(frame, value.length, site) ?? value.trim();
    const json = toJson(value, frame, site);
    if (json instanceof Fault) return json;
    const written = textOf(json.value);
    return chargeChars(frame, written.length, site) ?? written.trim();
  }),
];

function parseJson(source: string): { readonly value: JsonValue } | undefined {
  try {
    const value: JsonValue = JSON.parse(source);
    return { value };
  } catch {
    return undefined;
  }
}
