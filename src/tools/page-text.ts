import { convert } from 'html-to-text';

/** A page as a title and Markdown-like text, of which headings are kept and links, images and scripts are not. */
export interface PageText {
  title: string;
  text: string;
}

export const readableTypes = [
  'text/html',
  'application/xhtml+xml',
  'text/plain',
  'text/markdown',
  'text/csv',
  'application/json',
  'application/ld+json',
] as const;

const heading = (level: number) => ({
  selector: `h${level}`,
  format: 'inlineSurround',
  options: { prefix: `\n\n${'#'.repeat(level)} `, suffix: '\n\n', uppercase: false },
});
const skipped = ['img', 'script', 'style', 'noscript', 'template', 'svg', 'nav', 'head'].map((selector) => ({ selector, format: 'skip' }));
const options = {
  wordwrap: false as const,
  limits: { maxInputLength: 4 * 1024 * 1024, maxDepth: 200 },
  selectors: [...skipped, ...[1, 2, 3, 4, 5, 6].map(heading), { selector: 'a', options: { ignoreHref: true } }],
};

/** The bytes in the charset that the type names, UTF-8 when it names none or one that nobody knows. */
export function decoded(bytes: ArrayBuffer, type: string): string {
  const charset = /charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

export function pageText(content: string, type: string): PageText {
  if (!/html/i.test(type)) return { title: '', text: content.trim() };
  const title = /<title[^>]*>([^<]{1,300})/i.exec(content)?.[1] ?? '';
  return { title: convert(title, { wordwrap: false }).trim(), text: convert(content, options).trim() };
}
