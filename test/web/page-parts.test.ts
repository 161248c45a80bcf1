import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, filesIn, withoutFiles } from '../../web/parts/files.ts';
import { folded } from '../../web/parts/folded.ts';
import { lineOf } from '../../web/reviews/json-lines.ts';
import { besidesIn } from '../../web/reviews/review-facts.ts';
import { linesOf, scaleOf } from '../../web/runs/time-scale.ts';
import { emptyOf, fieldsOf, inputOf } from '../../web/tickets/input-fields.ts';
import { mailIn } from '../../web/tickets/pasted-mail.ts';

describe('the place of a JSON pointer', () => {
  it('is the line and offset of the value, whatever stands before it', () => {
    const text = '{\n  "a/b": ["x, \\"y\\" }", {"n": [1,\n 2]}],\n  "note": "]"\n}';
    const at = (pointer: string) => {
      const place = lineOf(text, pointer);
      return place && { line: place.line, starts: text.slice(place.offset, place.offset + 3) };
    };
    expect(at('/a~1b/0')).toEqual({ line: 2, starts: '"x,' });
    expect(at('/a~1b/1/n/1')).toEqual({ line: 3, starts: '2]}' });
    expect(at('/note')).toEqual({ line: 4, starts: '"]"' });
    expect(at('/none')).toBeNull();
    expect(at('/a~1b/7')).toBeNull();
    expect(lineOf('not json', '/a')).toBeNull();
  });

  it('is found for every place of any JSON text', () => {
    const places = (value: unknown, path = ''): [string, unknown][] => [
      ...(path === '' ? [] : [[path, value] as [string, unknown]]),
      ...(typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, each]) => places(each, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`))
        : []),
    ];
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 1, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        for (const [pointer, expected] of places(JSON.parse(text))) {
          const place = lineOf(text, pointer);
          expect(place).not.toBeNull();
          expect(text.slice(place!.offset).startsWith(JSON.stringify(expected).slice(0, 1))).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the files of an input', () => {
  it('are found, told by their size, and never get an address that a browser would run', () => {
    const files = [
      { name: 'a.png', media_type: 'image/png', data: 'iVBORw0KGgo=' },
      { name: 'x.svg', media_type: 'image/svg+xml', data: 'PHN2Zz4=' },
      { name: 'y.html', media_type: 'text/html', data: 'PGI+' },
    ];
    const value = { question: 'q', files, other: { name: 'no', media_type: 'file' } };
    expect(filesIn(value)).toEqual(files);
    expect(files.map(addressOf)).toEqual([
      'data:image/png;base64,iVBORw0KGgo=',
      'data:application/octet-stream;base64,PHN2Zz4=',
      'data:application/octet-stream;base64,PGI+',
    ]);
    expect(withoutFiles(value)).toMatchObject({
      files: ['a.png (image/png, 1 kB)', expect.any(String), expect.any(String)],
      other: value.other,
    });
  });
});

describe('the time scale', () => {
  it('folds a wait of hours to a strip and keeps the order of what happened', () => {
    const hour = 3_600_000;
    const scale = scaleOf([
      { from: 0, to: 1000 },
      { from: 3 * hour, to: 3 * hour + 1000 },
      { from: 500, to: 1500 },
    ]);
    expect(scale.active).toBe(2500);
    expect(scale.gaps).toHaveLength(1);
    expect(scale.gaps[0]!.ms).toBe(3 * hour - 1500);
    expect(scale.gaps[0]!.width).toBeCloseTo((100 * 200) / 2700, 5);
    expect(scale.place(0)).toBe(0);
    expect(scale.place(3 * hour + 1000)).toBeCloseTo(100, 5);
  });

  it('stays between 0 and 100 and never runs backwards', () => {
    const interval = fc.tuple(fc.nat(1e8), fc.nat(1e5)).map(([from, length]) => ({ from, to: from + length + 1 }));
    fc.assert(
      fc.property(fc.array(interval, { minLength: 1, maxLength: 20 }), (intervals) => {
        const scale = scaleOf(intervals);
        const places = intervals
          .flatMap(({ from, to }) => [from, to])
          .toSorted((a, b) => a - b)
          .map(scale.place);
        expect(places.every((place, i) => place >= -1e-9 && place <= 100 + 1e-9 && (i === 0 || place >= places[i - 1]! - 1e-9))).toBe(true);
      }),
    );
  });
});

describe('the lines of a timeline', () => {
  it('keep one after the other on one line, and side by side below each other', () => {
    expect(
      linesOf(
        [
          { at: 0, width: 50 },
          { at: 50, width: 50 },
        ],
        2,
      ),
    ).toEqual([0, 0]);
    expect(
      linesOf(
        [
          { at: 0, width: 50 },
          { at: 1, width: 20 },
          { at: 50, width: 50 },
        ],
        2,
      ),
    ).toEqual([0, 1, 0]);
  });

  it('never lay one on another, each with its least width inside the line', () => {
    const stretch = fc.record({ at: fc.double({ min: 0, max: 100, noNaN: true }), width: fc.double({ min: 0, max: 100, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 30 }), fc.double({ min: 0, max: 30, noNaN: true }), (all, least) => {
        const lines = linesOf(all, least);
        const shown = all.map(({ at, width }, n) => {
          const from = Math.min(at, 100 - least);
          return { from, to: from + Math.max(least, width), line: lines[n] };
        });
        for (const [n, one] of shown.entries())
          for (const other of shown.slice(n + 1))
            expect(one.line === other.line && one.from < other.to - 0.02 && other.from < one.to - 0.02).toBe(false);
      }),
    );
  });
});

describe('what an input says beside its text', () => {
  it('is all but the text, its heading, files, and what stands elsewhere on the page', () => {
    const files = [{ name: 'a.png', media_type: 'image/png', data: 'iVBORw0KGgo=' }];
    const input = { id: 'm-1', title: 'A call', held_on: '2026-03-10', transcript: 'Ana: hello', people: [{ name: 'Ana' }], files };
    expect(besidesIn(input, ['id'])).toEqual({ plain: { held_on: '2026-03-10' }, nested: { people: [{ name: 'Ana' }] } });
    expect(besidesIn({ question: 'Where is it?', customer: 'c7' }, [])).toEqual({ plain: { customer: 'c7' }, nested: {} });
  });
  it('is nothing where there is no text: then it is read whole', () => {
    expect(besidesIn({ rows: [1, 2], limit: 3 }, [])).toEqual({ plain: {}, nested: {} });
  });
});

describe('a pasted e-mail', () => {
  it('gives its sender and subject, and the rest as its text', () => {
    expect(
      mailIn('From: "Lukas B." <lukas@mail.example>\r\nTo: shop@example\r\nSubject: Parcel: where?\r\n\r\nHello,\r\nwhere is it?'),
    ).toEqual({ from: 'lukas@mail.example', subject: 'Parcel: where?', body: 'Hello,\nwhere is it?' });
  });
  it('is not seen in a text that merely mentions such words', () => {
    expect(mailIn('I wrote this.\nSubject: nothing')).toBeNull();
    expect(mailIn('Date: tomorrow\nwhere is it?')).toBeNull();
  });
});

describe('a form for an input schema', () => {
  it('leaves out what was left empty, unless it is required, and makes numbers of numbers', () => {
    const fields = fieldsOf({
      type: 'object',
      required: ['body', 'count'],
      properties: {
        body: { type: 'string' },
        note: { type: 'string' },
        count: { type: 'integer' },
        urgent: { type: 'boolean' },
        size: { enum: ['s', 'l'] },
      },
    })!;
    expect(fields.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'body long',
      'note line',
      'count number',
      'urgent boolean',
      'size choice',
    ]);
    expect(inputOf(fields, { body: '', count: '3', size: 'l' })).toEqual({ body: '', count: 3, urgent: false, size: 'l' });
  });
  it('gives way to JSON where a value is not plain', () => {
    expect(fieldsOf({ type: 'object', properties: { rows: { type: 'array' } } })).toBeNull();
    expect(fieldsOf({ type: 'string' })).toBeNull();
  });
  it('begins as JSON with the members that must be there', () => {
    const file = { type: 'object', properties: { name: { type: 'string' }, data: { type: 'string' } }, required: ['name', 'data'] };
    const properties = {
      question: { type: 'string' },
      files: { type: 'array', items: file },
      limit: { type: 'number' },
      note: { type: 'string' },
    };
    expect(emptyOf({ type: 'object', properties, required: ['question', 'files', 'limit'] })).toEqual({
      question: '',
      files: [{ name: '', data: '' }],
      limit: null,
    });
    expect(emptyOf(true)).toEqual({});
  });
});

describe('unchanged text between two changes', () => {
  it('is cut between words, never within one', () => {
    const text = Array.from({ length: 60 }, (_, i) => `November${i}`).join(' ');
    for (const ends of [
      { first: true, last: false },
      { first: false, last: true },
      { first: false, last: false },
    ]) {
      const left = folded(text, ends).split(/\s+|…/).filter(Boolean);
      expect(left.filter((word) => !text.split(' ').includes(word))).toEqual([]);
      expect(left.length).toBeLessThan(25);
    }
    expect(folded('語'.repeat(400), { first: false, last: false }).length).toBeGreaterThan(100);
  });
});
