import type { Trouble, Violation } from '../cli-error.ts';
import type { Palette } from './palette.ts';

/** An error for people: what was wrong, where, every violation, and what to do. */
export function troubleText({ message, place, remedy, violations }: Trouble, paint: Palette): string {
  const lines = [`${paint.bad('error:')} ${message}`];
  if (place !== '' && !message.includes(place)) lines.push(`  where: ${place}`);
  for (const violation of violations) lines.push(`  ${violationText(violation)}`);
  if (remedy !== '') lines.push(`  ${paint.strong('what to do:')} ${remedy}`);
  return lines.join('\n');
}

/** One violation on a line: place, field, what is wrong. */
export function violationText({ field, description, line, column }: Violation): string {
  const position = line === undefined || line === 0 ? '' : `line ${line}${column ? `, column ${column}` : ''}: `;
  return `- ${position}${field === '' ? '' : `${field}: `}${description}`;
}

/** The same error for scripts. */
export function troubleJson({ reason, message, place, remedy, violations, exitCode }: Trouble): object {
  return { error: { reason, message, place, remedy, violations, exit_code: exitCode } };
}
