export interface PromptMessage {
  role: string;
  content: string;
}
export interface ShownPassage {
  n: number;
  id: string;
  source: string;
  title: string;
  text: string;
}

/**
 * What a prompt holds, by the marks that the templates carry. `ask` is the ticket or the question; `reply` is what a
 * critic has to judge; `previous` and `critique` make a revision.
 */
export interface ReadPrompt {
  passages: ShownPassage[];
  kind: 'ticket' | 'question' | 'none';
  subject: string;
  ask: string;
  reply: string | null;
  /** An SQL statement. */ statement: string | null;
  previous: string | null;
  critique: string | null;
  /** The message that all this stands in. */ main: string;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Undo the escaping of the templates. */
export const unescapeHtml = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, ...groups: (string | undefined)[]) => {
    const [hex, decimal, name] = groups;
    if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
    const code = Number.parseInt(hex ?? decimal ?? '', hex === undefined ? 10 : 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

const tag = (text: string, name: string): string | null => {
  const found = new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'i').exec(text);
  return found ? unescapeHtml(found[1] ?? '').trim() : null;
};
const rawTag = (text: string, name: string): string =>
  new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'i').exec(text)?.[1] ?? '';

function passagesOf(text: string): ShownPassage[] {
  return [...text.matchAll(/<passage\b([^>]*)>([\s\S]*?)<\/passage>/gi)].map(([, head = '', body = ''], index) => {
    const attribute = (name: string): string => unescapeHtml(new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(head)?.[1] ?? '');
    return {
      n: Number(attribute('n')) || index + 1,
      id: attribute('id'),
      source: attribute('source'),
      title: attribute('title'),
      text: unescapeHtml(body).trim(),
    };
  });
}

/** Passages, ticket or question come from the first user message that has any; a later user message is a critique. */
export function readPrompt(messages: readonly PromptMessage[]): ReadPrompt {
  const users = messages.filter((message) => message.role === 'user').map((message) => message.content);
  const main = users.find((content) => /<(?:ticket|question|passage)\b/i.test(content)) ?? users[0] ?? '';
  const rest = users.slice(users.indexOf(main) + 1).join('\n\n');
  const previous = messages.findLast((message) => message.role === 'assistant')?.content ?? null;
  const ticket = rawTag(main, 'ticket');
  const question = tag(main, 'question');
  const kind = ticket !== '' ? 'ticket' : question !== null ? 'question' : 'none';
  const bare = unescapeHtml(main.replace(/<passage\b[\s\S]*?<\/passage>/gi, '')).trim();
  return {
    passages: passagesOf(main),
    kind,
    subject: kind === 'ticket' ? (tag(ticket, 'subject') ?? '') : '',
    ask: kind === 'ticket' ? (tag(ticket, 'body') ?? unescapeHtml(ticket.replace(/<[^>]*>/g, ' ')).trim()) : (question ?? bare),
    reply: tag(main, 'reply'),
    statement: tag(main, 'statement'),
    previous,
    critique: rest === '' ? null : unescapeHtml(rest),
    main,
  };
}

/**
 * One text for whoever chooses faults by hand. What was answered before stands in `<previous>`, what was said about it in
 * `<advice>`, so that a revision can be told from a first draft.
 */
export function promptText(messages: readonly PromptMessage[]): string {
  const first = messages.findIndex((message) => message.role === 'user');
  return messages
    .map(({ role, content }, index) => {
      if (role === 'assistant') return `<previous>${content}</previous>`;
      return role === 'user' && index > first ? `<advice>${content}</advice>` : content;
    })
    .join('\n');
}
