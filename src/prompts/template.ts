import { Liquid, type Context, type Emitter, type TagToken, type Template, type TopLevelToken, Tag, Value } from 'liquidjs';
import { TrimtabError, messageOf } from '../errors.ts';
import type { Passage } from '../shapes/passage.ts';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeText = (value: unknown): string =>
  (value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)).replace(
    /[&<>"]/g,
    (sign) => escapes[sign] ?? sign,
  );

/** `{% passages found %}`: the evidence as numbered blocks, each with whose words it holds. The number is what `[n]` cites. */
class PassagesTag extends Tag {
  private readonly value: Value;
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    this.value = new Value(token.args, liquid);
  }
  *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const passages = (yield this.value.value(context, false)) as Passage[] | null;
    emitter.write((passages ?? []).map(passageBlock).join('\n\n') || '(no passages were found)');
  }
  *arguments(): Generator<Value, void, unknown> {
    yield this.value;
  }
}

const passageBlock = (passage: Passage, index: number): string =>
  `<passage n="${index + 1}" id="${escapeText(passage.id)}" source="${escapeText(passage.source)}" title="${escapeText(passage.title)}" trust="${escapeText(passage.trust)}">${escapeText(passage.text)}</passage>`;

/** No files, own properties only, everything escaped, and bounded: a template is ours, what it is filled with is not. */
const liquid = new Liquid({
  strictVariables: true,
  strictFilters: true,
  ownPropertyOnly: true,
  outputEscape: escapeText,
  relativeReference: false,
  templates: {},
  parseLimit: 1_000_000,
  renderLimit: 2_000,
  memoryLimit: 50_000_000,
});
liquid.registerTag('passages', PassagesTag);

/** The global variables of a template. Throws `definition` for a template that does not parse. */
export function variablesOf(name: string, template: string): string[] {
  try {
    return liquid.globalVariablesSync(liquid.parse(template)).map(String);
  } catch (error) {
    throw new TrimtabError('definition', `prompt '${name}': ${messageOf(error).split('\n')[0]}`, { cause: error });
  }
}

/** Templates that were rendered, parsed: reading one takes as long as filling it. */
const parsed = new Map<string, Template[]>();
const mostParsed = 500;

function parse(template: string): Template[] {
  const known = parsed.get(template);
  if (known) return known;
  const fresh = liquid.parse(template);
  if (parsed.size >= mostParsed) parsed.clear();
  parsed.set(template, fresh);
  return fresh;
}

/** Throws `definition` naming the prompt, the variable and the line. */
export function render(name: string, template: string, values: Record<string, unknown>): string {
  try {
    return String(liquid.renderSync(parse(template), values));
  } catch (error) {
    throw new TrimtabError('definition', `prompt '${name}': ${messageOf(error).split('\n')[0]}`, { cause: error });
  }
}
