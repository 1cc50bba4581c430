/** The few documents of S3 that are read and written here. */
import type { ListedObject, ObjectPage } from '../../app/payloads/object-store.ts';

/** Code and message of an error; empty where the document is none. */
export function errorOf(xml: string): { readonly code: string; readonly message: string } {
  return { code: textOf(xml, 'Code') ?? '', message: textOf(xml, 'Message') ?? '' };
}

/** A page of ListObjectsV2; `base` is taken from the keys. */
export function pageOf(xml: string, base: string): ObjectPage {
  const objects = blocksOf(xml, 'Contents').flatMap((block): ListedObject[] => {
    const key = textOf(block, 'Key');
    const modifiedAtMs = Date.parse(textOf(block, 'LastModified') ?? '');
    return key?.startsWith(base) === true && !Number.isNaN(modifiedAtMs)
      ? [{ key: key.slice(base.length), modifiedAtMs }]
      : [];
  });
  return { objects, next: textOf(xml, 'NextContinuationToken') };
}

/** What DeleteObjects asks. */
export function deleteBody(keys: readonly string[]): string {
  const objects = keys.map((key) => `<Object><Key>${escaped(key)}</Key></Object>`).join('');
  return `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${objects}</Delete>`;
}

/** The first object that DeleteObjects could not delete, with why; undefined: there is none. */
export function deleteProblem(xml: string): string | undefined {
  const [first] = blocksOf(xml, 'Error');
  if (first === undefined) return undefined;
  const { code, message } = errorOf(first);
  return `${textOf(first, 'Key') ?? ''} ${code} ${message}`.trim();
}

function blocksOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, inner = '']) => inner);
}

function textOf(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  return text === undefined ? undefined : unescaped(text);
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name ?? ''] ?? all;
  });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
