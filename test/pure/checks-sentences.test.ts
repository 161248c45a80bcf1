import { describe, expect, it } from 'vitest';
import { citationsIn, sentencesOf, withoutCitations } from '../../src/checks/sentences.ts';

describe('sentences of a reply', () => {
  it('give a citation after the full stop to the sentence before it', () => {
    expect(sentencesOf('It costs €5. [1] It takes 3 days [2].').map(({ cited }) => cited)).toEqual([[1], [2]]);
  });

  it('do not end at abbreviations, ordinals, times or decimals', () => {
    const texts = [
      'The label (e.g. from France) costs €6.90 [1].',
      'Am 3. Mai 2026 ist der Laden geschlossen [1].',
      'The U.S. fee is 2.5% [1].',
      'We open at 9 a.m. on Monday [1].',
    ];
    for (const text of texts) expect(sentencesOf(text).map((sentence) => sentence.text)).toEqual([text]);
  });

  it('end before a small letter, unless a short word or dots stand there', () => {
    const texts = [
      'card_last_4 (string): the digits of the card. phone (string): the number [5].',
      'Abs. zwei gilt [1].',
      'It is ... free [1].',
    ];
    expect(texts.map((text) => sentencesOf(text).map(({ cited }) => cited))).toEqual([[[], [5]], [[1]], [[1]]]);
  });

  it('let a cited lead-in stand for the items under it, and no further', () => {
    const found = sentencesOf('Prices are as follows [2]:\n- The Robin costs €499\n- The Kite costs €99 [3]\n\nThe Heron costs €79.');
    expect(found.map(({ cited }) => cited)).toEqual([[2], [2], [3], []]);
  });

  it('read every form of citation', () => {
    expect(citationsIn('a [1], b [2, 3], c [5-7], d [x]')).toEqual([1, 2, 3, 5, 6, 7]);
    expect(withoutCitations('It costs €5 [1][2].')).toBe('It costs €5.');
  });

  it.each([
    'Hello Maria,',
    'Dear Mr. Smith,',
    'Guten Tag,',
    'Thanks for reaching out about your Kite grinder.',
    'I am sorry to hear that your parcel is late.',
    'If you have any other questions, please let me know.',
    'Which order do you mean?',
    'I cannot answer that from the documents.',
    'Das kann ich aus den Dokumenten nicht beantworten.',
    'The documents do not say whether this also works in Canada.',
    'A colleague will look into it and get back to you.',
    'Kind regards,',
    'Enjoy your trip!',
    'I hope this helps.',
    'Here is how to start a return:',
    'Thank you for your patience while we look into this.',
    'The fees are as follows:',
    'No puedo responder a eso con los documentos.',
    'Je ne peux pas répondre à cette question à partir des documents.',
    'Please contact us again if anything is unclear.',
  ])('claim nothing: %s', (text) => expect(sentencesOf(text).some(({ claim }) => claim)).toBe(false));

  it.each([
    'Your case has been escalated to our legal department.',
    'We have also added a $25 credit to your account as an apology.',
    'The same applies to accounts held abroad.',
    'I am sorry for the trouble, but your account will be closed.',
    'A colleague has refunded your order.',
    'You cannot find a fee on this card.',
    'Thank you for your patience; the fee is waived.',
    'Thank you for your patience while we moved your account to the premium tier.',
    'Your account has been closed by our security team:',
    'Dear customers get an extension of two years at no cost.',
    'I can answer that from the documents.',
    'Contact us immediately to report the card as stolen.',
    'This helps you make steady contributions without manual transfers.',
  ])('claim something: %s', (text) => expect(sentencesOf(text).some(({ claim }) => claim)).toBe(true));
});
