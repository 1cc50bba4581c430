import type { Dice } from '../dice.ts';

const FIRST_DAY_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const DAYS = 730;

/** A text of a JSON Schema format; undefined: the format is not known here. */
export function formatText(format: string, dice: Dice): string | undefined {
  const instant = (): string => new Date(FIRST_DAY_MS + dice.integer(0, DAYS * DAY_MS)).toISOString();
  const name = (): string => dice.pick(['alex', 'dana', 'kim', 'maria', 'sam', 'yuki']);
  switch (format) {
    case 'date-time':
    case 'iso-date-time':
      return instant();
    case 'date':
      return instant().slice(0, 10);
    case 'time':
    case 'iso-time':
      return instant().slice(11);
    case 'duration':
      return `PT${dice.integer(1, 59)}M`;
    case 'email':
    case 'idn-email':
      return `${name()}@example.com`;
    case 'hostname':
    case 'idn-hostname':
      return `${name()}.example.com`;
    case 'ipv4':
      return `192.0.2.${dice.integer(1, 254)}`;
    case 'ipv6':
      return `2001:db8::${dice.integer(1, 0xffff).toString(16)}`;
    case 'uri':
    case 'iri':
    case 'url':
      return `https://example.com/${name()}`;
    case 'uri-reference':
    case 'iri-reference':
      return `/${name()}`;
    case 'uri-template':
      return `https://example.com/{${name()}}`;
    case 'uuid':
      return uuid(dice);
    case 'json-pointer':
      return `/${name()}`;
    case 'relative-json-pointer':
      return `0/${name()}`;
    case 'regex':
      return '^[a-z]+$';
    case 'byte':
      return Buffer.from(name()).toString('base64');
    default:
      return undefined;
  }
}

function uuid(dice: Dice): string {
  const digits = (count: number) => Array.from({ length: count }, () => dice.integer(0, 15).toString(16)).join('');
  return `${digits(8)}-${digits(4)}-4${digits(3)}-${dice.pick(['8', '9', 'a', 'b'])}${digits(3)}-${digits(12)}`;
}
