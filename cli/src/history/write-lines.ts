import { open, rename, rm } from 'node:fs/promises';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** Writes lines to a file, which is there whole or not at all. Answers how many lines there were. */
export async function writeLines(path: string, lines: AsyncIterable<string>): Promise<number> {
  const partial = `${path}.partial`;
  const file = await open(partial, 'w').catch((cause: unknown) => {
    throw notWritable(path, cause);
  });
  let count = 0;
  try {
    for await (const line of lines) {
      await file.write(`${line}\n`);
      count += 1;
    }
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(partial, { force: true });
    throw error;
  }
  await file.close();
  await rename(partial, path);
  return count;
}

function notWritable(path: string, cause: unknown): CliError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CliError({
    reason: 'FILE_NOT_WRITABLE',
    message: `cannot write ${path}: ${why}`,
    place: '--output',
    remedy: 'check the path and its permissions',
    exitCode: EXIT.refused,
    cause,
  });
}
