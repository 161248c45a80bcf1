import { check, type Check, type Finding } from '../define/check.ts';
import { textOf } from './reply-text.ts';
import { sentencesOf } from './sentences.ts';

/**
 * A promise that only a person may make. A phrase in plain words, or a pattern; `reason` says why it is forbidden. `unless`:
 * what a cited passage has to say for it to be a rule that is told (default: the same pattern).
 */
export interface ForbiddenPromise {
  pattern: RegExp | string;
  reason: string;
  unless?: RegExp;
}

const money = String.raw`refund(?:ed)?|credit(?:ed)?|waive[ds]?|compensat(?:e|ed|ion)|reimburse(?:d)?|voucher|goodwill|discount`;

const given = 'refunded|credited|waived|compensated|reimbursed';

/** Refunds, credits, waivers, guarantees, the law, call-backs, exceptions: decided by a person, not by a draft. */
export const usualPromises: readonly ForbiddenPromise[] = [
  {
    pattern: new RegExp(
      String.raw`\b(?:we|i)(?:'ve| have)? (?:(?:also|already|now|just) )?(?:${given}|(?:added|issued|granted|approved|processed|sent|given|gave|offered|applied|arranged) (?:you )?(?:an?|the|your|this) (?:\S+ ){0,4}?(?:${money}))\b`,
      'i',
    ),
    reason: 'it says that money was given, which only a person may decide',
  },
  {
    pattern: new RegExp(
      String.raw`\b(?:we|i)(?:'ll| will| can| are going to| am going to) (?:(?:also|gladly|just|immediately|happily) )?(?:${money}|(?:add|issue|grant|approve|process|send|give|offer|apply|arrange) (?:you )?(?:an?|the|your|this) (?:\S+ ){0,4}?(?:${money}))\b`,
      'i',
    ),
    reason: 'it promises money that only a person may give',
    unless: new RegExp(String.raw`\b(?:${money})\b`, 'i'),
  },
  {
    pattern: new RegExp(
      String.raw`\b(?:an?|your|the) (?:\S+ ){0,4}?(?:${money}) (?:of \S+ )?(?:has|have|was|were|is|will be) (?:already |now |also )?(?:been )?(?:approved|confirmed|granted|issued|added|processed|credited|applied)\b`,
      'i',
    ),
    reason: 'it says that money was given, which only a person may decide',
  },
  {
    pattern:
      /\b(?:fees?|charges?|costs?|interest|penalty) (?:is|are|was|were|has been|have been|will be) (?:waived|refunded|reversed|cancelled|forgiven)\b/i,
    reason: 'it waives a fee',
  },
  {
    pattern:
      /\bguarantee[ds]?\b|\bwe promise\b|\bi promise\b|\b(?:will|shall) (?:definitely|certainly|surely|for sure)\b|\brest assured\b|\bwithout (?:any )?doubt\b/i,
    reason: 'it guarantees an outcome',
  },
  {
    pattern:
      /\b(?:legal (?:department|team|action|advice|counsel|claim)|our (?:lawyers?|attorneys?)|lawsuit|(?:you|we|they) (?:can|could|may|should|will) sue|accept (?:full )?liability|(?:we are|is|are) liable|entitled by law|legally entitled)\b/i,
    reason: 'it speaks of the law, which only a person may',
  },
  {
    pattern:
      /\b(?:will|shall|'ll) (?:\w+ )?(?:call|phone|ring|telephone) you\b|\b(?:receive|get|expect) an? (?:\w+ )?(?:phone )?call\b|\bcall you back\b|\bcalls you\b/i,
    reason: 'it promises a call',
  },
  {
    pattern: /\bescalated (?:your|the|this|to)\b|\b(?:case|ticket|complaint|matter|issue) (?:has been|was|is being) escalated\b/i,
    reason: 'it says that the case was escalated, which a draft cannot know',
  },
  { pattern: /\b(?:make|made|makes|making|grant\w*) (?:you )?an exception\b/i, reason: 'it promises an exception' },
];

const asPattern = (phrase: string): RegExp =>
  new RegExp(
    phrase
      .trim()
      .replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
      .replace(/\s+/g, String.raw`\s+`),
    'i',
  );

/** A pattern with the flag g or y remembers where it was. */
const calm = (pattern: RegExp): RegExp => new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));

function asPromise(forbidden: ForbiddenPromise | RegExp | string): { pattern: RegExp; reason: string; unless: RegExp } {
  const given: ForbiddenPromise =
    forbidden instanceof RegExp || typeof forbidden === 'string'
      ? { pattern: forbidden, reason: 'it promises what policy forbids' }
      : forbidden;
  const pattern = typeof given.pattern === 'string' ? asPattern(given.pattern) : calm(given.pattern);
  return { reason: given.reason, pattern, unless: given.unless ? calm(given.unless) : pattern };
}

/**
 * None of the promises that policy forbids, as phrases or patterns, unless a passage that the sentence cites says it in such
 * words: then it is the rule that is told, not a promise that is made. Questions promise nothing.
 */
export const noForbiddenPromises = (forbidden: readonly (ForbiddenPromise | RegExp | string)[] = usualPromises): Check => {
  const promises = forbidden.map(asPromise);
  return check(
    'no-forbidden-promises',
    (output, { evidence }) =>
      sentencesOf(textOf(output))
        .filter(({ text }) => !text.endsWith('?'))
        .flatMap(({ text, cited }) =>
          promises
            .flatMap(({ pattern, reason, unless }): Finding[] => {
              const match = pattern.exec(text);
              if (!match || cited.some((n) => unless.test(evidence[n - 1]?.text ?? ''))) return [];
              return [{ reason: `${reason}: "${match[0]}"; say what the rule is and what happens next instead`, at: { quote: text } }];
            })
            .slice(0, 1),
        ),
    '2',
  );
};
