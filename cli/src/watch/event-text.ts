import type { EventEntry } from '@skein/contracts/eventlog';
import type { Palette } from '../output/palette.ts';
import { clockText } from '../output/time.ts';
import { clip } from '../output/value-text.ts';
import { entryJson } from './event-json.ts';

const DETAIL_CHARS = 160;
const FIRST_FIELDS: ReadonlySet<string> = new Set(['node_id']);

/** An event on one line: position, time, name, node, and what else it says. */
export function entryText(entry: EventEntry, paint: Palette): string {
  const { type, payload, ...where } = entryJson(entry);
  const fields = isObject(payload) ? payload : {};
  const nodeId = fields['node_id'] ?? where['node_id'];
  const rest = Object.entries(fields).filter(([field, value]) => !FIRST_FIELDS.has(field) && !isEmpty(value));
  const detail = rest.map(([field, value]) => `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const time = entry.entry.value?.occurredAt;
  const head = `${positionOf(entry).padStart(5)}  ${clockText(time)}  ${paint.strong(type.padEnd(20))}`;
  return `${head}  ${typeof nodeId === 'string' ? `${nodeId}  ` : ''}${paint.faint(clip(detail.join(' '), DETAIL_CHARS))}`;
}

/** The seq of a run event; task events are counted apart, within their dispatch. */
function positionOf({ entry }: EventEntry): string {
  return entry.case === 'runEvent' ? String(entry.value.seq) : `+${String(entry.value?.taskSeq ?? '')}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === '' || value === 0 || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
