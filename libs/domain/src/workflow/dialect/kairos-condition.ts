/** Values without quotes that are no texts: expressions, and slips such as nothing at all, which are for CEL to refuse. */
const EXPRESSION_SIGNS = /&&|\|\||[()'"[\]{}<>?]|^[=!]|^$|^(?:output|input|last|run|item|index|error)\b/;
const COMPARISON = /^(last|output(?:\.[^\s.=!:()[\]'"]+)+)\s*(==|!=)\s*(.*)$/s;
const CONTAINS = /^(last|output(?:\.[^\s.=!:()[\]'"]+)+?)\.contains:(.*)$/s;

/**
 * A condition of the Kairos dialects as CEL: `last==v`, `last!=v`, `last.contains:t`, `output.<node>.<path>==v`
 * and its like, the value with or without quotes. Values are compared as texts without spaces around; a missing
 * path is false, under `!=` too. What has none of these forms is CEL already and returned as it is.
 *
 * @param nodeIds ids of the nodes, to tell where an id with dots ends
 */
export function kairosCondition(source: string, nodeIds: ReadonlySet<string>): string {
  const condition = source.trim();
  const contains = CONTAINS.exec(condition);
  if (contains !== null) {
    return `text(${celPath(contains[1] ?? '', nodeIds)}).contains(${celText(unquoted(contains[2] ?? ''))})`;
  }
  const comparison = COMPARISON.exec(condition);
  if (comparison === null) return condition;
  const [, path = '', operator = '', value = ''] = comparison;
  const quoted = isQuoted(value.trim());
  if (!quoted && EXPRESSION_SIGNS.test(value.trim())) return condition;
  return `text(${celPath(path, nodeIds)}) ${operator} ${celText(unquoted(value))}`;
}

/** A path such as `output.billing-agent.category` in CEL. The key `input` among the outputs is the run's input. */
function celPath(path: string, nodeIds: ReadonlySet<string>): string {
  const [root = '', ...rest] = path.split('.');
  if (root === 'last') return root;
  const taken = idLength(rest, nodeIds);
  const node = rest.slice(0, taken).join('.');
  const base = node === 'input' && !nodeIds.has(node) ? 'input' : `output${celKey(node)}`;
  return base + rest.slice(taken).map(celKey).join('');
}

/** How many segments make up the node's id: the longest that is one, else the first alone. */
function idLength(segments: readonly string[], nodeIds: ReadonlySet<string>): number {
  for (let length = segments.length; length > 1; length--) {
    if (nodeIds.has(segments.slice(0, length).join('.'))) return length;
  }
  return 1;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const KEYWORDS: ReadonlySet<string> = new Set(['in', 'true', 'false', 'null']);

function celKey(key: string): string {
  return NAME.test(key) && !KEYWORDS.has(key) ? `.${key}` : `[${celText(key)}]`;
}

function celText(text: string): string {
  return /['\\\p{Cc}]/u.test(text) ? JSON.stringify(text) : `'${text}'`;
}

function isQuoted(value: string): boolean {
  return /^(?:'[^']*'|"[^"]*")$/s.test(value);
}

function unquoted(value: string): string {
  const trimmed = value.trim();
  return (isQuoted(trimmed) ? trimmed.slice(1, -1) : trimmed).trim();
}
