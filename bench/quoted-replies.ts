import { readFile } from 'node:fs/promises';
import { splitDocument } from '../src/store/knowledge-split.ts';
import type { Passage } from '../src/shapes/passage.ts';
import { sentencesOf } from '../src/checks/sentences.ts';
import { random } from './random.ts';
import type { ReplyRow } from './reply-row.ts';

const shown = 6;
const inReply = 4;

/**
 * Replies made of sentences quoted as they stand, each with its citation, out of six passages of different documents: what
 * a writer that never errs and never rewords would give. Stands in where there are no accepted replies yet.
 */
export async function quotedReplies(file: string, count: number): Promise<ReplyRow[]> {
  const documents = (await readFile(file, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { id: string; title: string; content: string });
  const passages = documents.flatMap(({ id, title, content }) =>
    splitDocument(content).map((section, n): Passage => ({
      id: `${id}#${n}`,
      source: 'knowledge',
      title: section.heading ? `${title} › ${section.heading}` : title,
      text: section.text,
      at: '2026-01-01T00:00:00Z',
      trust: 'ours',
    })),
  );
  const draw = random(7);
  return Array.from({ length: count }, () => {
    const evidence = Array.from({ length: shown }, () => passages[Math.floor(draw() * passages.length)] as Passage);
    const facts = evidence.flatMap((passage, index) => quotable(passage.text).map((text) => ({ text, n: index + 1 })));
    const chosen = Array.from({ length: inReply }, () => facts[Math.floor(draw() * facts.length)]).filter((fact) => fact !== undefined);
    const body = [...new Set(chosen.map(({ text, n }) => `${text.replace(/[.!]$/, '')} [${n}].`))].join(' ');
    return { reply: body, evidence, input: { question: 'Could you help me with my account?' } };
  }).filter(({ reply }) => /\[\d\]/.test(reply));
}

/** Whole sentences in prose: items, headings and rows of tables are no sentences of a reply. */
const quotable = (text: string): string[] =>
  sentencesOf(text)
    .map((one) => one.text.replace(/^(?:[-*•]|\d{1,2}[.)])\s+/, ''))
    .filter((sentence) => /^[A-Z][^|#]{30,240}[.!]$/.test(sentence) && !sentence.includes('**') && !/^\d|:\s|\n/.test(sentence));
