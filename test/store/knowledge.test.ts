import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { TrimtabError } from '../../src/errors.ts';
import { importDocuments, readDocuments, searchKnowledge, type KnowledgeDocument } from '../../src/store/knowledge.ts';
import { splitDocument } from '../../src/store/knowledge-split.ts';
import { closest, slips } from '../../src/store/spelling.ts';
import { testDatabase } from '../stack/database.ts';

const { db } = await testDatabase();
const folder = mkdtempSync(join(tmpdir(), 'trimtab-knowledge-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
};
const read = async (path: string): Promise<KnowledgeDocument[]> => {
  const found: KnowledgeDocument[] = [];
  for await (const document of readDocuments(path)) found.push(document);
  return found;
};
const refusal = async (path: string): Promise<string> => {
  const error = await read(path).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TrimtabError);
  expect((error as TrimtabError).code).toBe('invalid_input');
  return (error as TrimtabError).message;
};

const filler =
  'Our customers read this page when they want to know more about the subject, and staff keep it up to date every spring. '.repeat(3);
const shop: KnowledgeDocument[] = [
  {
    id: 'returns',
    title: 'Returns and refunds',
    content: `## Time limit\n\nYou may send a purchase back within 30 days. ${filler}\n\n## Who pays\n\nWe pay the parcel label for damaged goods. ${filler}`,
  },
  { id: 'warranty', title: 'Warranty', content: `## Lamps\n\nLamps carry a guarantee of two years. ${filler}` },
  { id: 'light-green', title: 'Light Green Plan', content: `## Price\n\nThe plan costs 4 euros. ${filler}` },
  {
    id: 'green',
    title: 'Green Plan',
    content: `## Price\n\nThe light version of this tariff, printed in green, is retired. It costs 9 euros. ${filler}`,
  },
];
const dump = () => db.selectFrom('passages').select(['id', 'document_id', 'text']).orderBy('document_id').orderBy('n').execute();

describe('importing documents', () => {
  beforeEach(async () => {
    await db.deleteFrom('documents').execute();
  });

  it('adds what is new, rewrites what differs, and leaves the rest alone', async () => {
    expect(await importDocuments(db, shop)).toEqual({ added: 4, changed: 0, unchanged: 0, removed: 0 });
    const before = await db.selectFrom('documents').selectAll().orderBy('id').execute();
    expect(await importDocuments(db, shop)).toEqual({ added: 0, changed: 0, unchanged: 4, removed: 0 });
    expect(await db.selectFrom('documents').selectAll().orderBy('id').execute()).toEqual(before);
    const longer = shop.map((one) =>
      one.id === 'warranty' ? { ...one, content: `${one.content}\n\n## Chairs\n\nFive years. ${filler}` } : one,
    );
    expect(await importDocuments(db, longer)).toEqual({ added: 0, changed: 1, unchanged: 3, removed: 0 });
    expect((await searchKnowledge(db, 'chairs', { keep: 1 }))[0]?.title).toBe('Warranty › Chairs');
  });

  it('keeps the id of a passage whose place and text stay, while its neighbour changes', async () => {
    await importDocuments(db, shop);
    const before = (await dump()).filter((one) => one.document_id === 'returns');
    await importDocuments(db, [{ ...(shop[0] as KnowledgeDocument), content: shop[0]?.content.replace('30 days', '60 days') ?? '' }]);
    const after = (await dump()).filter((one) => one.document_id === 'returns');
    expect(before).toHaveLength(2);
    expect(after[1]).toEqual(before[1]);
    expect(after[0]?.id).not.toBe(before[0]?.id);
    await importDocuments(db, [{ ...(shop[0] as KnowledgeDocument), content: `## New\n\n${filler}\n\n${shop[0]?.content}` }]);
    expect((await dump()).filter((one) => one.document_id === 'returns').slice(1)).toEqual(before);
  });

  it('gives two passages with the same text under the same heading two ids', async () => {
    await importDocuments(db, [{ id: 'twice', title: 'Twice', content: `## A\n\n${filler}\n\n## A\n\n${filler}` }]);
    const ids = (await dump()).map((one) => one.id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
  });

  it('removes documents that are gone from the file only when asked, and only in their collection', async () => {
    await importDocuments(db, shop);
    await importDocuments(db, [{ id: 'memo', title: 'Memo', content: 'For staff.', collection: 'internal' }]);
    expect((await importDocuments(db, shop.slice(0, 3))).removed).toBe(0);
    expect((await importDocuments(db, shop.slice(0, 3), { prune: true })).removed).toBe(1);
    expect(await searchKnowledge(db, 'retired tariff', { keep: 5 })).toEqual([]);
    expect(await searchKnowledge(db, 'memo staff', { keep: 5, collection: 'internal' })).toHaveLength(1);
    await expect(importDocuments(db, [], { prune: true })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('lets two collections use the same id', async () => {
    await importDocuments(db, [{ id: 'readme', title: 'Readme', content: 'about marmalade' }], { collection: 'one' });
    await importDocuments(db, [{ id: 'readme', title: 'Readme', content: 'about marmalade too' }], { collection: 'two' });
    expect(await searchKnowledge(db, 'marmalade', { keep: 5 })).toHaveLength(2);
    expect((await searchKnowledge(db, 'marmalade', { keep: 5, collection: 'two' })).map((one) => one.text)).toEqual([
      'about marmalade too',
    ]);
  });

  it('writes nothing when a document in the middle is wrong', async () => {
    const path = file('half.jsonl', `${JSON.stringify(shop[0])}\n{"id":"x","title":"X"}\n`);
    await expect(importDocuments(db, readDocuments(path))).rejects.toThrow(/half\.jsonl:2/);
    expect(await db.selectFrom('documents').selectAll().execute()).toEqual([]);
  });

  it('counts terms as a fresh import of the same documents would', async () => {
    const terms = () => db.selectFrom('terms').select(['term', 'passages', 'documents', 'titles']).orderBy('term').execute();
    await importDocuments(db, shop.slice(0, 2), { prune: true });
    await importDocuments(db, shop);
    await importDocuments(db, shop.slice(2), { prune: true });
    const grown = await terms();
    await db.deleteFrom('documents').execute();
    await importDocuments(db, shop.slice(2));
    expect(grown.length).toBeGreaterThan(20);
    expect(grown.map((one) => one.term)).not.toContain('refund');
    expect(grown).toEqual(await terms());
  });

  it('takes text that Postgres could not store as it is', async () => {
    await importDocuments(db, [{ id: 'odd', title: 'Odd\u0000 title', content: 'zebra \u0000 \ud800 crossing' }]);
    expect((await searchKnowledge(db, 'zebra\u0000 \udfff', { keep: 1 }))[0]?.text).toContain('crossing');
  });
});

describe('searching', () => {
  beforeEach(async () => {
    await importDocuments(db, shop, { prune: true });
  });

  it('returns passages that are ours, with title, text, time and score, best first', async () => {
    const found = await searchKnowledge(db, 'who pays the label for damaged goods?', { keep: 3 });
    expect(found[0]).toMatchObject({ source: 'knowledge', title: 'Returns and refunds › Who pays', trust: 'ours' });
    expect(found[0]?.text).toContain('parcel label');
    expect(new Date(found[0]?.at ?? '').getTime()).toBeGreaterThan(0);
    expect(found.map((one) => one.score)).toEqual(found.map((one) => one.score).toSorted((a, b) => (b ?? 0) - (a ?? 0)));
  });

  it('tells two names apart by the words that stand side by side', async () => {
    const twins = ['Light Green Plan', 'Green Light Plan'].map((title) => ({
      id: title,
      title,
      content: `The price is on the card. ${filler}`,
    }));
    await importDocuments(db, twins, { prune: true });
    expect((await searchKnowledge(db, 'what does the Light Green Plan cost', { keep: 1 }))[0]?.title).toBe('Light Green Plan');
    expect((await searchKnowledge(db, 'what does the Green Light Plan cost', { keep: 1 }))[0]?.title).toBe('Green Light Plan');
  });

  it.each([
    ['garantee', 'Warranty › Lamps'],
    ['refnuds', 'Returns and refunds'],
    ['damagd', 'Returns and refunds › Who pays'],
  ])('reads the misspelling %s as what was meant', async (wrong, title) => {
    expect((await searchKnowledge(db, wrong, { keep: 1 }))[0]?.title).toContain(title);
  });

  it('finds nothing for words that nobody wrote, for blanks and for punctuation', async () => {
    for (const query of ['xylophone', '', '   ', '?!', "'); drop table passages; --", 'the and of'])
      expect(await searchKnowledge(db, query, { keep: 5 })).toEqual([]);
  });

  it('does not let one document fill the list', async () => {
    const many = Array.from({ length: 8 }, (_, n) => `## Part ${n}\n\nSaffron saffron saffron ${n}. ${filler}`).join('\n\n');
    await importDocuments(db, [
      { id: 'big', title: 'Saffron', content: many },
      { id: 'small', title: 'Rice', content: `Rice with saffron. ${filler}` },
    ]);
    const titles = (await searchKnowledge(db, 'saffron', { keep: 4 })).map((one) => one.title.split(' › ')[0]);
    expect(titles).toContain('Rice');
    expect(titles.filter((title) => title === 'Saffron').length).toBeGreaterThan(1);
  });

  it('prefers, of two passages that fit alike, the one whose document says more about it', async () => {
    const about = (word: string): string => `## Part\n\nAll about ${word} in this part. ${filler}`;
    await importDocuments(db, [
      { id: 'once', title: 'First page', content: [about('saffron').replace(' in this part', ''), about('pepper')].join('\n\n') },
      { id: 'again', title: 'Second page', content: [about('saffron'), about('saffron')].join('\n\n') },
    ]);
    const titles = (await searchKnowledge(db, 'saffron', { keep: 2 })).map((one) => one.title.split(' › ')[0]);
    expect(titles).toEqual(['Second page', 'First page']);
  });

  it('lets words of every sentence count less than the one that names the subject', async () => {
    await importDocuments(db, [
      { id: 'talk', title: 'Third page', content: `About whatever perhaps grows in the shade of old trees. ${filler}` },
      { id: 'subject', title: 'Fourth page', content: `About whatever cardamom grows in the shade of old trees. ${filler}` },
    ]);
    const query = 'perhaps it is cardamom, and perhaps it is not';
    expect((await searchKnowledge(db, query, { keep: 1 }))[0]?.title).toBe('Fourth page');
    expect((await searchKnowledge(db, 'perhaps', { keep: 1 }))[0]?.title).toBe('Third page');
  });

  it.each(["I didn't and I've and you'd", 'I didn’t and I’ve and you’d'])('takes the remains of "%s" for no words', async (talk) => {
    await importDocuments(db, [{ id: 'talk', title: "What if it didn't come", content: `We've sent it, and you'd know. ${filler}` }]);
    expect((await searchKnowledge(db, 'come', { keep: 1 }))[0]?.title).toBe("What if it didn't come");
    expect(await searchKnowledge(db, talk, { keep: 1 })).toEqual([]);
    expect((await searchKnowledge(db, `${talk} guarantee`, { keep: 1 }))[0]?.title).toBe('Warranty › Lamps');
  });

  it('takes a ticket of 100,000 characters', async () => {
    const ticket = `My lamp broke and I want to know about the guarantee. ${'I am very unhappy about all of this and nobody answers me. '.repeat(1_700)}`;
    expect((await searchKnowledge(db, ticket, { keep: 2 }))[0]?.title).toBe('Warranty › Lamps');
  });

  it('finds text in other scripts by its words', async () => {
    await importDocuments(db, [
      { id: 'he', title: 'החזרות', content: 'אפשר להחזיר מוצר תוך שלושים יום' },
      { id: 'de', title: 'Größen', content: 'Die Bettwäsche gibt es in Übergröße.' },
    ]);
    expect((await searchKnowledge(db, 'להחזיר מוצר', { keep: 1 }))[0]?.title).toBe('החזרות');
    expect((await searchKnowledge(db, 'bettwäsche', { keep: 1 }))[0]?.title).toBe('Größen');
  });
});

describe('splitting', () => {
  it('loses no word, joins what is short and cuts what is long', () => {
    const content = `Intro.\n\n# One\n\nshort\n\n## Two\n\n${'word '.repeat(1_000)}\n\n### Three\n\n\`\`\`\n# no heading\n\`\`\`\n${filler}`;
    const sections = splitDocument(content);
    const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);
    expect(words(sections.map((one) => one.text).join(' ')).filter((word) => word === 'word')).toHaveLength(1_000);
    expect(sections.every((one) => one.text.length <= 1_600)).toBe(true);
    expect(sections.map((one) => one.heading)).not.toContain('no heading');
    expect(splitDocument('# Only a title')).toEqual([{ heading: 'Only a title', text: 'Only a title' }]);
  });

  it('keeps a piece of text without any space', () => {
    const sections = splitDocument('😀'.repeat(2_000));
    expect(sections.map((one) => one.text).join('')).toBe('😀'.repeat(2_000));
  });
});

describe('spelling', () => {
  it.each([
    ['kitten', 'sitting', 3],
    ['recieve', 'receive', 1],
    ['', 'ab', 2],
    ['same', 'same', 0],
  ])('counts the slips from %s to %s', (a, b, n) => {
    expect(slips(a, b)).toBe(n);
  });

  it('leaves a word alone that is close to none', () => {
    expect(
      closest('lamp', [
        { term: 'lump', passages: 1 },
        { term: 'lamb', passages: 9 },
      ])?.term,
    ).toBe('lamb');
    expect(closest('lamp', [{ term: 'limbo', passages: 1 }])).toBeNull();
  });
});

describe('reading files', () => {
  it('reads JSONL, CSV, one Markdown file and a folder', async () => {
    const lines = file('a.jsonl', `\uFEFF${JSON.stringify(shop[0])}\n\n${JSON.stringify(shop[1])}\n`);
    expect(await read(lines)).toEqual(shop.slice(0, 2));
    expect(await read(file('a.csv', '\uFEFFID,Title,content\r\n1,"Hello, there","two\nlines"\r\n'))).toEqual([
      { id: '1', title: 'Hello, there', content: 'two\nlines' },
    ]);
    file('docs/z.md', 'no heading here');
    file('docs/sub/a.md', '---\nlayout: page\n---\n# First\n\ntext\n\n## Second\n');
    file('docs/empty.md', ' \n');
    file('docs/picture.png', 'x');
    expect(await read(join(folder, 'docs'))).toEqual([
      { id: 'sub/a.md', title: 'First', content: 'text\n\n## Second' },
      { id: 'z.md', title: 'z', content: 'no heading here' },
    ]);
    expect(await read(join(folder, 'docs/sub/a.md'))).toMatchObject([{ id: 'a.md', title: 'First' }]);
  });

  it('refuses a file that is not UTF-8 and names the line, rather than store letters that are gone', async () => {
    const lines = `${JSON.stringify(shop[0])}\n{"id":"g","title":"Größe","content":"x"}\n`;
    const latin = (name: string, content: string): string => {
      writeFileSync(file(name, ''), content, 'latin1');
      return name;
    };
    for (const [name, line] of [
      [latin('p.jsonl', lines), 2],
      [latin('p.csv', 'id,title,content\r\n1,x,"a\r\nb"\r\n2,Größe,y\r\n'), 4],
      [latin('old/p.md', '# Size\n\nGröße'), 3],
    ] as const)
      expect(await refusal(join(folder, name))).toContain(`${name}:${line}: is not UTF-8`);
    writeFileSync(join(folder, 'q.jsonl'), `\uFEFF${lines}`, 'utf16le');
    expect(await refusal(join(folder, 'q.jsonl'))).toContain('q.jsonl:1: is not UTF-8');
    expect((await read(file('r.jsonl', lines)))[1]?.title).toBe('Größe');
  });

  it('names file and line of what is wrong', async () => {
    const good = JSON.stringify(shop[0]);
    expect(await refusal(file('b.jsonl', `${good}\n{oops\n`))).toMatch(/b\.jsonl:2: is not JSON/);
    expect(await refusal(file('c.jsonl', `${good}\n\n{"id":"x","title":"X"}\n`))).toMatch(/c\.jsonl:3: 'content'/);
    expect(await refusal(file('d.jsonl', '["x"]\n'))).toMatch(/d\.jsonl:1: is no object/);
    expect(await refusal(file('e.jsonl', `${good}\n${good}\n`))).toMatch(/e\.jsonl:2: the id 'returns' is already used at .*e\.jsonl:1/);
    expect(await refusal(file('f.csv', 'id,content\n1,x\n'))).toMatch(/f\.csv:1: the header has no column 'title'/);
    expect(await refusal(file('g.csv', 'id,title,content\n1,x,y\n2,x\n'))).toMatch(/g\.csv:3/);
    expect(await refusal(file('h.csv', 'id,title,content\n1,x,y\n2,,z\n'))).toMatch(/h\.csv:3: 'title' is empty/);
    expect(await refusal(file('k.csv', 'id,title,content\n\n1,x,"y\r\ny"\n2,,"z\nz\nz"\n'))).toMatch(/k\.csv:5: 'title'/);
    expect(await refusal(file('k2.csv', 'id,title,content\r\n1,x,"y\r\ny"\r\n2,,z\r\n'))).toMatch(/k2\.csv:4: 'title'/);
    expect(await refusal(file('l.csv', 'id,title,content\n1,x,y\n2,x,"y\n3,x,y\n'))).toMatch(/l\.csv:3: is not CSV \(a quote opens/);
    expect(await refusal(file('m.csv', 'id,title,content,Title\n1,x,y,z\n'))).toMatch(
      /m\.csv:1: the header has more than one column 'title'/,
    );
    expect(await refusal(file('i.pdf', 'x'))).toMatch(/'\.pdf' is not read/);
    expect(await refusal(join(folder, 'nowhere'))).toMatch(/no such file/);
    for (const [name, content] of [
      ['n.jsonl', '\n'],
      ['n.csv', ''],
      ['o.csv', 'id,title,content\n'],
      ['blank/a.md', ' '],
    ] as const)
      file(name, content);
    for (const name of ['n.jsonl', 'n.csv', 'o.csv', 'blank']) expect(await refusal(join(folder, name))).toMatch(/holds no document/);
    mkdirSync(join(folder, 'bare'));
    expect(await refusal(join(folder, 'bare'))).toMatch(/holds no \.md file/);
  });
});
