import { CliError } from '../cli-error.ts';
import { troubleOf } from '../trouble.ts';

const PLACE = /^filter:(\d+)$/;

/** Does something with a filter; where the filter is none, the error shows the place in it. */
export async function showingPlaceIn<T>(filter: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const trouble = troubleOf(error);
    const [, column] = PLACE.exec(trouble.place) ?? [];
    if (column === undefined) throw error;
    const message = `${trouble.message}\n${pointedAt(filter, Number(column))}`;
    // The message says it all; the place stays for scripts.
    throw new CliError({ ...trouble, message, violations: [], cause: error });
  }
}

/** The line of a text that a column, from 1 over the whole text, is in, and a caret under it. */
function pointedAt(text: string, column: number): string {
  const before = text.slice(0, column - 1);
  const start = before.lastIndexOf('\n') + 1;
  const [line = ''] = text.slice(start).split('\n', 1);
  return `  ${line.replaceAll('\t', ' ')}\n  ${' '.repeat(column - 1 - start)}^`;
}
