/** URLs of HTTP tools: a URL whose path has parameters in braces. */

const PARAMETER = /\{([A-Za-z_][A-Za-z0-9_]{0,127})\}/g;
const MAX_URL_LENGTH = 2048;

/** What is wrong with such a URL; undefined: nothing. */
export function toolUrlFault(url: string): string | undefined {
  if (url.length > MAX_URL_LENGTH) return `give at most ${MAX_URL_LENGTH} characters`;
  const parsed = URL.parse(url.replaceAll(PARAMETER, 'x'));
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    return 'give an http or https URL such as http://host/items/{id}';
  if (parsed.username !== '' || parsed.password !== '') return 'leave user and password out of the URL';
  if (parsed.hash !== '') return 'leave out the fragment';
  const path = /^https?:\/\/[^/?]*(\/[^?]*)?/i.exec(url)?.[1] ?? '';
  const parameters = [...url.matchAll(PARAMETER)].length;
  if ([...path.matchAll(PARAMETER)].length < parameters) return 'parameters such as {id} may stand in the path alone';
  return /[{}]/.test(url.replaceAll(PARAMETER, '')) ? 'write parameters as {name}: letters, digits and "_"' : undefined;
}
