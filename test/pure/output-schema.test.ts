import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonSchemaOf, parseOutput } from '../../src/define/json-schema.ts';
import { portableSchema } from '../../src/providers/portable-schema.ts';

const asked = (schema: z.ZodType): { schema: any; strict: boolean } => portableSchema(jsonSchemaOf(schema));

describe('an output schema on its way to a provider and back', () => {
  const Answer = z.object({
    text: z.string().min(1).max(500).describe('the reply'),
    note: z.string().optional(),
    tone: z.enum(['calm', 'warm']).default('calm'),
    owner: z.string().nullish(),
    parts: z.array(z.object({ id: z.int(), hint: z.string().optional() })).optional(),
  });

  it('stays strict: what may be left out is asked for and may be null, and limits are told in words', () => {
    const { schema, strict } = asked(Answer);
    expect(strict).toBe(true);
    expect(schema).toMatchObject({ required: ['text', 'note', 'tone', 'owner', 'parts'], additionalProperties: false });
    expect(schema.properties).toMatchObject({
      text: { type: 'string', description: 'the reply (minLength: 1, maxLength: 500)' },
      note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      tone: { anyOf: [{ enum: ['calm', 'warm'] }, { type: 'null' }] },
      parts: {
        anyOf: [
          { items: { required: ['id', 'hint'], properties: { hint: { anyOf: [{ type: 'string' }, { type: 'null' }] } } } },
          { type: 'null' },
        ],
      },
    });
    expect(JSON.stringify(schema.properties.owner).match(/null/g)).toHaveLength(1);
  });

  it('reads null as left out where the schema says so, at any depth, and keeps it where the schema takes it', () => {
    const text = JSON.stringify({ text: 'yes', note: null, tone: null, owner: null, parts: [{ id: 1, hint: null }] });
    expect(parseOutput(Answer, text)).toEqual({ ok: true, value: { text: 'yes', tone: 'calm', owner: null, parts: [{ id: 1 }] } });
    const Either = z.object({ by: z.union([z.object({ name: z.string().optional() }), z.number()]) });
    expect(parseOutput(Either, '{"by":{"name":null}}')).toEqual({ ok: true, value: { by: {} } });
  });

  it('takes no null for what is needed', () => {
    expect(parseOutput(Answer, JSON.stringify({ text: null, note: null }))).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^\/text: [^;]*$/),
    });
    expect(parseOutput(z.object({ list: z.array(z.string()) }), '{"list":[null]}')).toMatchObject({ ok: false });
    expect(parseOutput(z.object({ a: z.string().optional() }), 'null')).toMatchObject({ ok: false });
  });

  it('is not strict where names are not known before, and a property may be called like a keyword', () => {
    const { schema, strict } = asked(z.object({ counts: z.record(z.string(), z.number()), pattern: z.string(), format: z.string() }));
    expect(strict).toBe(false);
    expect(schema).toMatchObject({
      required: ['counts', 'pattern', 'format'],
      properties: { counts: { additionalProperties: { type: 'number' } } },
    });
  });
});
