import type { ReadPrompt, ShownPassage } from '../read-prompt.ts';

interface Table {
  columns: string[];
  rows: string[][];
}

const cells = (line: string): string[] =>
  line
    .replace(/^\| | \|$/g, '')
    .split(/(?<!\\) \| /)
    .map((cell) => cell.replaceAll('\\|', '|').trim());

function tableOf({ text }: ShownPassage): Table {
  const [head = '', , ...lines] = text.split('\n').filter((line) => line.startsWith('|'));
  return { columns: cells(head), rows: lines.map(cells) };
}

const spoken = (name: string): string => name.replaceAll('_', ' ');
const nothing = 'Nothing fits the question.';

/** The table of a result, told: one value as a sentence, rows as a list. */
export function tellResult({ passages }: ReadPrompt): string {
  const [passage] = passages;
  if (passage === undefined) return nothing;
  const { columns, rows } = tableOf(passage);
  const [only] = rows;
  if (only === undefined || (rows.length === 1 && only.every((cell) => cell === '(null)'))) return nothing;
  if (rows.length === 1 && columns.length === 1)
    return `${spoken(columns[0] ?? '')}: ${only[0]}.`.replace(/^./, (first) => first.toUpperCase());
  const lines = rows.map(
    (row) =>
      `- ${row[0]}: ${row
        .slice(1)
        .map((cell, at) => `${spoken(columns[at + 1] ?? '')} ${cell}`)
        .join(', ')}`,
  );
  return lines.join('\n');
}
