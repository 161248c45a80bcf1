import { describe, expect, it } from 'vitest';
import { attachmentsIn, promptBytes, withoutFiles } from '../../src/correct/attachments.ts';
import { Attachment } from '../../src/shapes/attachment.ts';

const of = (media_type: string, head: string | number[], name = 'a file') => ({
  name,
  media_type,
  data: Buffer.concat([typeof head === 'string' ? Buffer.from(head, 'latin1') : Buffer.from(head), Buffer.alloc(30_000, 7)]).toString(
    'base64',
  ),
});
const each = [
  of('image/png', [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
  of('image/jpeg', [0xff, 0xd8, 0xff, 0xe0]),
  of('image/gif', 'GIF89a'),
  of('image/webp', 'RIFF\xff\x00\x12\x34WEBPVP8 '),
  of('application/pdf', '%PDF-1.7'),
];

describe('a file in an input', () => {
  it.each(each)('of $media_type is taken, and by no other name', (file) => {
    expect(Attachment.safeParse(file).success).toBe(true);
    for (const { media_type } of each)
      if (media_type !== file.media_type) expect(Attachment.safeParse({ ...file, media_type }).success).toBe(false);
  });

  it('must be base64 of a file that models read', () => {
    expect(Attachment.safeParse({ ...each[0], data: 'iVBORw0KGgo not base64' }).success).toBe(false);
    expect(Attachment.safeParse({ ...each[0], media_type: 'image/svg+xml' }).success).toBe(false);
  });

  it('is found wherever it stands, in order, and nothing else is', () => {
    const value = { a: [each[1], { b: each[0] }], c: { name: 'x', media_type: 'image/png', data: 'y', more: 1 }, d: 'text' };
    expect(attachmentsIn(value)).toEqual([each[1], each[0]]);
    expect(withoutFiles(value)).toMatchObject({
      a: [{ name: 'a file', media_type: 'image/jpeg', bytes: 30_004 }, { b: { bytes: 30_008 } }],
      c: value.c,
      d: 'text',
    });
  });

  it('weighs in a prompt what a model reads of it, and text weighs its bytes', () => {
    expect(promptBytes({ text: 'grüße' })).toBe(new TextEncoder().encode('{"text":"grüße"}').length);
    const bytes = promptBytes({ files: [each[0]] });
    expect(bytes).toBeGreaterThan(9_000);
    expect(bytes).toBeLessThan(9_200);
    expect(promptBytes({ files: [each[4]] })).toBeGreaterThan(18_000);
  });
});
