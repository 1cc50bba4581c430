/** What the documentation's tests read of a page: its fenced blocks, tables, headings and links. */

/** A fenced block. */
export interface FencedBlock {
  /** The word after the fence, such as `yaml`. Empty: none. */
  readonly language: string;
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

/** The fenced blocks of a page, in order. */
export function fencedBlocks(page: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let open: { language: string; line: number; lines: string[] } | undefined;
  for (const [index, text] of page.split('\n').entries()) {
    const fence = /^\s*```(\S*)/.exec(text);
    if (fence === null) open?.lines.push(text);
    else if (open === undefined) open = { language: fence[1] ?? '', line: index + 1, lines: [] };
    else {
      blocks.push({ language: open.language, line: open.line, text: open.lines.join('\n') });
      open = undefined;
    }
  }
  return blocks;
}

/** A page without its fenced blocks and without code in a line. */
export function prose(page: string): string {
  return page.replaceAll(/^\s*```[\s\S]*?^\s*```/gm, '').replaceAll(/`[^`\n]*`/g, '`');
}

/** The first cell of every table row of a page, without the marks of code. */
export function firstCells(page: string): string[] {
  return Array.from(page.matchAll(/^\| `([^`|]+)` \|/gm), ([, cell = '']) => cell);
}

/** Targets of the links and pictures of a page. */
export function linkTargets(page: string): string[] {
  return Array.from(prose(page).matchAll(/\]\(([^()\s]+)\)/g), ([, target = '']) => target);
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchors(page: string): Set<string> {
  const headings = page.replaceAll(/^\s*```[\s\S]*?^\s*```/gm, '').matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    Array.from(headings, ([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  );
}
