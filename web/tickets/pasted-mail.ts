/** What a pasted e-mail says of itself. */
export interface PastedMail {
  from?: string;
  subject?: string;
  body: string;
}

const header = /^(from|subject|to|cc|date|sent|reply-to):[ \t]*(.*)$/i;

/** Reads `From:` and `Subject:` lines off the top of a pasted e-mail. Null when it does not begin with such lines. */
export function mailIn(text: string): PastedMail | null {
  const lines = text.replaceAll('\r\n', '\n').trimStart().split('\n');
  const found: Record<string, string> = {};
  let n = 0;
  for (; n < lines.length; n += 1) {
    const match = header.exec(lines[n]!);
    if (!match) break;
    found[match[1]!.toLowerCase()] = match[2]!.trim();
  }
  const { from, subject } = found;
  if (from === undefined && subject === undefined) return null;
  const address = from && (/<([^<>\s]+@[^<>\s]+)>/.exec(from)?.[1] ?? from);
  return { ...(address ? { from: address } : {}), ...(subject === undefined ? {} : { subject }), body: lines.slice(n).join('\n').trim() };
}
