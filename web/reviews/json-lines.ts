/** Where in a JSON text the value of a JSON pointer stands. Null when the text is not JSON or has no such place. */
export function lineOf(text: string, pointer: string): { line: number; offset: number } | null {
  if (pointer === '') return null;
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const offset = find(text, keys);
  return offset === null ? null : { line: text.slice(0, offset).split('\n').length, offset };
}

interface Cursor {
  text: string;
  at: number;
}
const space = (c: Cursor): void => {
  while (/\s/.test(c.text[c.at] ?? '')) c.at += 1;
};

/** The text is known to be JSON, so the walk needs no error cases. */
function find(text: string, keys: string[]): number | null {
  const c: Cursor = { text, at: 0 };
  for (const key of keys) {
    space(c);
    if (!enter(c, key)) return null;
  }
  space(c);
  return c.at;
}

/** Move to the value of one key or index. */
function enter(c: Cursor, key: string): boolean {
  const list = c.text[c.at] === '[';
  if (!list && c.text[c.at] !== '{') return false;
  c.at += 1;
  for (let i = 0; ; i += 1) {
    space(c);
    if (c.text[c.at] === ']' || c.text[c.at] === '}') return false;
    const name = list ? String(i) : nameAt(c);
    space(c);
    if (name === key) return true;
    skip(c);
    space(c);
    if (c.text[c.at] === ',') c.at += 1;
  }
}

function nameAt(c: Cursor): string {
  const from = c.at;
  skip(c);
  const name = JSON.parse(c.text.slice(from, c.at)) as string;
  space(c);
  c.at += 1;
  return name;
}

/** Step over one value, whatever it is. */
function skip(c: Cursor): void {
  space(c);
  let depth = 0;
  do {
    const char = c.text[c.at];
    if (char === '"') {
      c.at = /"(?:[^"\\]|\\.)*"/y.exec(c.text.slice(c.at))![0].length + c.at;
    } else if (char === '{' || char === '[') {
      depth += 1;
      c.at += 1;
    } else if (char === '}' || char === ']') {
      depth -= 1;
      c.at += 1;
    } else if (depth > 0) c.at += 1;
    else while (/[^\s,}\]]/.test(c.text[c.at] ?? ' ')) c.at += 1;
  } while (depth > 0);
}
