import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answersQuestion,
  citesEverySource,
  inLanguageOf,
  minLength,
  noForbiddenPromises,
  noInstructionsLeak,
  noRepeats,
  numbersFromSources,
  someEvidence,
  supportedBySource,
  within,
  type Check,
  type Passage,
} from 'trimtab';
import { kinds, mutate } from '../../bench/fault-kinds.ts';
import { sentencesOf } from '../../src/checks/sentences.ts';
import { rewordedSentences } from './reworded-sentences.ts';
import { paraphrasedReplies, unseenReplies } from './paraphrased-replies.ts';

const knowledge = join(import.meta.dirname, '../../runtime/demo/data/knowledge');
function document(name: string): Passage {
  const [title = '', ...rest] = readFileSync(join(knowledge, `${name}.md`), 'utf8').split('\n');
  return { id: name, source: 'knowledge', title: title.slice(2), text: rest.join('\n').trim(), at: '2026-11-01T00:00:00Z', trust: 'ours' };
}
const passage = (text: string, more: Partial<Passage> = {}): Passage => ({
  id: 'p',
  source: 'knowledge',
  title: 'A document',
  text,
  at: '2026-11-01T00:00:00Z',
  trust: 'ours',
  ...more,
});

const rules = [citesEverySource(), numbersFromSources(), supportedBySource(), noForbiddenPromises(), inLanguageOf('question')];
const failures = async (check: Check, text: string, context: { evidence: Passage[]; input?: unknown }) =>
  (await check.run({ text }, { input: context.input ?? {}, evidence: context.evidence })).filter(({ verdict }) => verdict !== 'pass');
const rejected = async (text: string, context: { evidence: Passage[]; input?: unknown }) =>
  (await Promise.all(rules.map((rule) => failures(rule, text, context)))).flat();

describe('citesEverySource', () => {
  const evidence = [passage('Returns are free.')];
  it('quotes the claim that cites nothing, and one that cites what was not given', async () => {
    expect(await failures(citesEverySource(), 'Returns are free [1]. We deliver on Sundays too.', { evidence })).toMatchObject([
      { critic: 'cites-every-source', verdict: 'fail', at: { quote: 'We deliver on Sundays too.' } },
    ]);
    expect((await failures(citesEverySource(), 'Returns are always free [2].', { evidence }))[0]?.reason).toContain('there are 1');
    expect((await failures(citesEverySource(), 'Returns are always free [0].', { evidence: [] }))[0]?.reason).toContain('none was given');
  });
  it('asks for no source of an honest "I cannot tell"', async () => {
    expect(await failures(citesEverySource(), 'Hello,\n\nI cannot answer that from the documents.', { evidence: [] })).toEqual([]);
  });
});

describe('numbersFromSources', () => {
  const evidence = [
    passage('The fee is $25 and is charged within 30 days.'),
    passage('A wire costs $40.'),
    passage('Order BC-20754 was sent.', { source: 'shop' }),
  ];
  const wrong = async (text: string, input?: unknown) =>
    (await failures(numbersFromSources(), text, { evidence, input })).map(({ reason }) => reason);
  it("takes a number from the passage that the sentence cites, from the ticket and from the customer's record", async () => {
    expect(await wrong('The fee is USD 25.00, charged within thirty days [1]. Your order BC-20754 was sent [3].')).toEqual([]);
    expect(await wrong('About your 7 boxes: the fee is $25 [1].', { ticket: { body: 'I have 7 boxes' } })).toEqual([]);
  });
  it('does not take 30 days for 30 dollars, nor a number of a passage that is not cited', async () => {
    expect(await wrong('The fee is $30 [1].')).toEqual([expect.stringContaining("amount '$30'")]);
    expect(await wrong('A wire costs $40 [1].')).toEqual([expect.stringContaining('passage [2] has it')]);
    expect(await wrong('The fee is charged within 30 hours [1].')).toEqual([expect.stringContaining("count '30'")]);
  });
  it('looks a small number in words up where a passage counts the same thing', async () => {
    const cards = [passage('You can add up to 7 employee cards.')];
    const found = async (text: string) => (await failures(numbersFromSources(), text, { evidence: cards })).map(({ reason }) => reason);
    expect(await found('You can add up to eight employee cards [1].')).toEqual([
      "it counts 'eight' where a passage that it cites counts '7'",
    ]);
    expect(await found('You can add seven employee cards [1]. There are two ways to add them [1].')).toEqual([]);
  });
  it('does not stumble over list numbers, citations and small counts in words', async () => {
    expect(await wrong('There are two ways [1]:\n1. The fee is $25 [1]\n2. A wire costs $40 [2]')).toEqual([]);
  });
});

describe('supportedBySource', () => {
  const evidence = [
    passage('Opened bags of beans cannot be returned. Unopened bags can be returned within 14 days of delivery.', { title: 'Returns' }),
    passage('The Gold Account has a monthly fee of $10. The Silver Account has a monthly fee of $4.', { title: 'Fees' }),
  ];
  it.each([
    ['Opened bags of beans can be returned [1].', /opposite|leaves out the "not"/],
    ['Unopened bags cannot be returned within 14 days of delivery [1].', /opposite|denies/],
    ['Unopened bags can be returned before 14 days of delivery are over, said our manager in Zurich [1].', /./],
    ['The Gold Account has a monthly fee of $4 [2].', /'4' where|another amount/],
    ['The Gold Account has an annual fee of $10 [2].', /'annual'.*'monthly'/],
    ['Opened bags of beans cannot be returned [2].', /passage \[1\] says this/],
    ['Parking in front of the branch is reserved for members [2].', /do not say this/],
    ['The Platinum Account has a monthly fee of $10 [2].', /platinum|Platinum/],
  ])('rejects: %s', async (text, reason) => {
    const found = await failures(supportedBySource(), text, { evidence });
    expect(found[0]?.reason).toMatch(reason);
    expect(found[0]?.at?.quote).toBe(text);
  });
  it.each([
    [
      'Unopened bags can be returned within 14 days of delivery, and the supervisor approves it overnight [1].',
      /'the supervisor approves it overnight'/,
    ],
    ['The Gold Account has a monthly fee of $10 (this is covered by insurance) [2].', /nothing of/],
    ['The Gold Account has a monthly fee of $10 [1][2].', /\[1\], which says nothing of this/],
  ])('rejects a copy that something was added to: %s', async (text, reason) => {
    expect((await failures(supportedBySource(), text, { evidence }))[0]?.reason).toMatch(reason);
  });
  it('judges a sentence in another language when the customer wrote in that of the passages', async () => {
    const found = await failures(
      supportedBySource(),
      'Opened bags of beans cannot be returned [1]. Das gilt auch für die Konten, die Sie im Ausland haben [1].',
      {
        evidence: [
          passage(
            `${evidence[0]?.text} Everything else that you have bought from us can be returned within 30 days of the day on which it was delivered.`,
          ),
        ],
        input: { question: 'Can I return the opened bag of beans to you?' },
      },
    );
    expect(found.map(({ at }) => at?.quote)).toEqual(['Das gilt auch für die Konten, die Sie im Ausland haben [1].']);
  });
  it.each([
    ['You must cancel the order until it is packed by us [1].', /'must'.*'can'/],
    ['We can cancel the order until it is packed by us [1].', /'we'.*'you'/],
    ['You can always cancel the order until it is packed by us [1].', /'always'/],
    ['A parcel is kept at the shop for 7 days after it arrives [1].', /'up to'/],
    ['Refunds are visible on the account of the card in 3 days [1].', /'usually'/],
    ['You may enter the code of the voucher before you pay [1].', /'may'.*'must'/],
  ])('rejects a near copy that says more or less than its source: %s', async (text, reason) => {
    const source = passage(
      'You can cancel the order until it is packed by us. A parcel is kept at the shop for up to 7 days after it arrives. Refunds are usually visible on the account of the card in 3 days. You must enter the code of the voucher before you pay.',
    );
    expect((await failures(supportedBySource(), text, { evidence: [source] }))[0]?.reason).toMatch(reason);
  });
  it('judges no claim in another language than its source', async () => {
    const text = 'Geöffnete Packungen mit Bohnen können wir leider nicht zurücknehmen, weil es sich dabei um Lebensmittel handelt [1].';
    const long = [
      passage(
        'Opened bags of beans cannot be returned, because they are food. You can return any other item within 30 days of the day it was delivered.',
      ),
    ];
    expect(await failures(supportedBySource(), text, { evidence: long })).toEqual([]);
  });
});

describe('answersQuestion', () => {
  const evidence = [document('damaged-goods'), document('tracking'), document('wrong-or-missing-items'), document('shipping-costs')];
  const ticket = {
    id: 'T-9',
    from: 'jo@example.com',
    subject: 'Grinder came damaged',
    body: 'Hello, my grinder arrived yesterday with a crack. Who pays for sending a damaged item back?',
  };
  const judged = (text: string, input: unknown = { ticket }, given = evidence) =>
    failures(answersQuestion({ blames: 'facts' }), text, { evidence: given, input });

  it('rejects a true, cited sentence about something else, and names the passage that is nearer', async () => {
    const [verdict] = await judged(
      'Report a parcel that was marked as delivered but did not arrive within 14 days of the delivery date [2].',
    );
    expect(verdict).toMatchObject({ verdict: 'fail', blames: null });
    expect(verdict?.reason).toContain('passage [1] is nearer to it: "We pay for sending a damaged item back');
  });
  it('passes an answer, also beside sentences about something else, and a reply that says that it has none', async () => {
    const answer = 'We pay for sending a damaged item back, so you do not need a return label [1].';
    expect(await judged(answer)).toEqual([]);
    expect(await judged(`Delivery to Norway costs €24.00 [4]. ${answer}`)).toEqual([]);
    expect(await judged('Hello,\n\nI cannot answer that from the documents I have. A colleague will look into it.')).toEqual([]);
  });
  it('blames the search where no passage is about the question either, and says what was asked', async () => {
    const [verdict] = await judged(
      'Delivery to Norway costs €24.00 [1].',
      { question: 'Has anybody found the umbrella that I left in your shop?' },
      [document('shipping-costs')],
    );
    expect(verdict).toMatchObject({ blames: { step: 'facts' }, missing: 'Has anybody found the umbrella that I left in your shop?' });
  });
  it('judges nothing where question and passages are in different languages', async () => {
    const question = 'Wer bezahlt das Paket, wenn ich die kaputte Mühle zurückschicke?';
    expect(await judged('Wir bezahlen die Rücksendung [1].', { question })).toEqual([]);
  });
});

describe('the language of a reply', () => {
  const german = {
    ticket: {
      id: 'T-1',
      from: 'k@x.example',
      subject: 'Rückgabe einer Espressomaschine',
      body: 'Guten Tag, ich möchte meine gebrauchte Espressomaschine zurückgeben. Geht das noch?',
    },
  };
  const english = 'You can return any espresso machine within 30 days of the day it was delivered [1].';
  it('is the language of the ticket', async () => {
    const found = await failures(inLanguageOf('ticket'), `Hello,\n\nthank you for your message. ${english}`, {
      evidence: [],
      input: german,
    });
    expect(found[0]?.reason).toContain("the ticket is in 'de', the reply in 'en'");
    expect(
      await failures(
        inLanguageOf('ticket'),
        'Guten Tag,\n\nSie können die Espressomaschine innerhalb von 30 Tagen nach der Lieferung zurückgeben [1].',
        { evidence: [], input: german },
      ),
    ).toEqual([]);
  });
  it('may be that of the evidence where a sentence is quoted as it stands', async () => {
    expect(
      await failures(inLanguageOf('ticket'), `Guten Tag,\n\n${english}`, {
        evidence: [passage(english.replace(' [1]', ''))],
        input: german,
      }),
    ).toEqual([]);
  });
  it('is not judged where a text is short, and not misled by dashes', async () => {
    expect(await failures(inLanguageOf('question'), 'OK.', { evidence: [], input: { question: 'Wie lange?' } })).toEqual([]);
    expect(
      await failures(
        inLanguageOf('question'),
        'Network exchange rates and any merchant‑applied conversion charges are separate from the bank’s fee [1].',
        { evidence: [], input: { question: 'What does it cost to pay with my card in another country, and how do I avoid it?' } },
      ),
    ).toEqual([]);
  });
});

describe('forbidden promises', () => {
  const evidence = [passage('The fee is waived for students. You will receive a call from the courier.')];
  it.each([
    'We have refunded your order.',
    'Your refund of €900 has been approved.',
    'We guarantee delivery on Friday.',
    'Your case has been escalated to our legal department.',
    'You will receive a call from our team within two hours.',
    'This fee is waived for everybody.',
    'We have also added a $25 credit to your account.',
    'It will definitely arrive tomorrow.',
    'We can make an exception for you.',
    'A voucher of €10 has been added to your account.',
  ])('are found: %s', async (text) => expect(await failures(noForbiddenPromises(), text, { evidence })).toHaveLength(1));
  it('are none where a cited passage says so, in a question, or in a plain rule', async () => {
    for (const text of [
      'The fee is waived for students [1].',
      'Shall we refund you?',
      'You can return it within 30 days for a full refund [1].',
      'The cost of the label is taken from your refund [1].',
    ]) {
      expect(await failures(noForbiddenPromises(), text, { evidence }), text).toEqual([]);
    }
  });
  it('can be phrases or patterns of your own, with any flags', async () => {
    const own = noForbiddenPromises(['money back', /safe to use/gi]);
    for (let turn = 0; turn < 2; turn += 1)
      expect(await failures(own, 'You get your Money  back. It is safe to use.', { evidence })).toHaveLength(2);
  });
});

describe('the form of an answer', () => {
  it('has a longest and a shortest length', async () => {
    expect(await failures(within(5), 'too long', { evidence: [] })).toHaveLength(1);
    expect(await failures(minLength(5), ' no ', { evidence: [] })).toHaveLength(1);
    expect(await failures(within(8), 'too long', { evidence: [] })).toEqual([]);
  });
  it('says a sentence once', async () => {
    const text = 'The fee is $5 a month [1]. Yes, it is. The fee is $5 a month. Yes, it is.';
    expect((await failures(noRepeats(), text, { evidence: [] })).map(({ at }) => at?.quote)).toEqual(['The fee is $5 a month.']);
  });
  it('names what was looked for when nothing was found', async () => {
    expect(await someEvidence().run([], { input: { question: 'opening hours' }, evidence: [] })).toMatchObject([
      { verdict: 'fail', missing: 'opening hours' },
    ]);
  });
  it('shows nothing of how it was made', async () => {
    for (const text of [
      'As an AI language model I cannot.',
      'See <passage n="1">.',
      'Use open_bank_account_4821 to open it.',
      'According to the provided passages it is free.',
    ])
      expect(await failures(noInstructionsLeak(), text, { evidence: [] }), text).toHaveLength(1);
    expect(await failures(noInstructionsLeak(), 'Open Orders in your account and choose "Cancel order" [1].', { evidence: [] })).toEqual(
      [],
    );
  });
});

describe('replies in other words than their sources', () => {
  const cases = paraphrasedReplies.map((reply) => ({
    ...reply,
    evidence: reply.documents.map(document),
    input: { question: reply.asked },
  }));
  it.each(cases)('a right one passes every rule: $asked', async ({ right, evidence, input }) => {
    expect((await rejected(right, { evidence, input })).map(({ critic, reason, at }) => `${critic}: ${reason} (${at?.quote})`)).toEqual([]);
  });
  it('wrong ones are rejected, but for the few that the documentation speaks of', async () => {
    const passed = await Promise.all(
      cases.flatMap(({ wrong, evidence, input }) =>
        wrong.map(async (text) => ((await rejected(text, { evidence, input })).length === 0 ? text : null)),
      ),
    );
    expect(passed.length).toBeGreaterThan(75);
    expect(passed.filter((text) => text !== null)).toEqual([
      'We arrange to collect the damaged machine at your address for a fee of €25 [1].',
      'You can combine up to 5 gift cards in one order, and whatever is left on a card is lost after that order, as the law of gift vouchers demands [1].',
      'Bags that are still closed can be returned within 14 days of purchase [3].',
    ]);
  });
});

describe('sentences in free words, about which rules can tell little', () => {
  const judged = async (pick: 'right' | 'wrong') => {
    const all = rewordedSentences.flatMap((one) => one[pick].map((text) => ({ text, evidence: [document(one.document)] })));
    const found = await Promise.all(
      all.map(({ text, evidence }) => rejected(text.replace(/\.$/, ' [1].'), { evidence, input: { question: 'Could you help me?' } })),
    );
    return { rejected: found.filter((reasons) => reasons.length > 0).length, of: all.length };
  };
  // Measured: 8 of 38 right ones and 12 of 28 wrong ones are rejected (docs/checks.md says what that means).
  it('are rejected seldom when they are right', async () => {
    const { rejected: alarms, of } = await judged('right');
    expect(of).toBe(38);
    expect(alarms).toBeLessThanOrEqual(8);
  });
  it('are rejected about half of the time when they are wrong', async () => {
    const { rejected: caught, of } = await judged('wrong');
    expect(of).toBe(28);
    expect(caught).toBeGreaterThanOrEqual(12);
  });
});

describe('right replies in wording that came after the rules', () => {
  it('are rejected for one of 24 sentences: a rule that compares words pays that price', async () => {
    const found = await Promise.all(
      unseenReplies.map(({ documents, asked, right }) =>
        rejected(right, { evidence: documents.map(document), input: { question: asked } }),
      ),
    );
    expect(found.flat().map(({ at }) => at?.quote)).toEqual([
      'At the moment we ship neither to Malta nor outside Europe, so the United States is not possible either [1].',
    ]);
  });
});

describe('replies quoted from the documents', () => {
  const names = [
    'returns',
    'damaged-goods',
    'gift-cards',
    'shipping-costs',
    'warranty',
    'customs',
    'descaling',
    'crema-points',
    'invoices-and-vat',
    'opening-hours',
    'de-versand',
    'click-and-collect',
  ];
  const facts = names.map((name) => {
    const evidence = document(name);
    return {
      evidence,
      sentences: sentencesOf(evidence.text)
        .map(({ text }) => text)
        .filter((text) => /^[A-ZÄÖÜ].{25,}[.]$/.test(text)),
    };
  });
  const reply = fc
    .shuffledSubarray(facts, { minLength: 3, maxLength: 5 })
    .chain((chosen) =>
      fc.tuple(
        fc.constant(chosen.map(({ evidence }) => evidence)),
        fc.tuple(...chosen.map(({ sentences }) => fc.constantFrom(...sentences))),
      ),
    )
    .map(([evidence, sentences]) => ({
      evidence,
      text: sentences.map((sentence, index) => sentence.replace(/\.$/, ` [${index + 1}].`)).join(' '),
    }));

  it('pass every rule', async () => {
    await fc.assert(
      fc.asyncProperty(reply, async ({ evidence, text }) => {
        expect(
          (await rejected(text, { evidence, input: { question: 'A question' } })).map(({ critic, reason }) => `${critic}: ${reason}`),
        ).toEqual([]);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  // Floors, a little under what was measured (docs/checks.md); a rule that gets worse fails here.
  const least: Readonly<Record<string, number>> = {
    'swapped name': 0.3,
    'swapped numbers': 0.5,
    'opposite word': 0.8,
    'wrong citation': 0.85,
    'invented name': 0.75,
    'cited invention': 0.85,
  };
  it.each(kinds)('with one fault of the kind %s are caught', async (kind) => {
    let [planted, caught] = [0, 0];
    for (const [seed, { evidence, text }] of fc.sample(reply, { numRuns: 80, seed: 2 }).entries()) {
      const made = mutate(text, kind, seed);
      if (made === null) continue;
      planted += 1;
      if ((await rejected(made.text, { evidence, input: { question: 'A question' } })).length > 0) caught += 1;
    }
    expect(planted, 'planted').toBeGreaterThan(0);
    expect(caught / planted).toBeGreaterThanOrEqual(least[kind] ?? 0.9);
  });
});
