/** One import of a source file: what it names and on which line. */
export interface ImportLine {
  readonly specifier: string;
  /** From 1. */
  readonly line: number;
}

const STATEMENT = /^[ \t]*(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*['"]([^'"\n]+)['"]/gm;
const CALL = /\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g;

/** Every static and dynamic import with a literal specifier; comments do not count. */
export function importsOf(source: string): ImportLine[] {
  const code = source.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, (comment) => comment.replaceAll(/[^\n]/g, ' '));
  return [STATEMENT, CALL].flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => ({
      specifier: match[1] ?? '',
      // A match may begin with the spaces before it, never with a line break of its own statement.
      line: code.slice(0, match.index + match[0].length).split('\n').length,
    })),
  );
}
