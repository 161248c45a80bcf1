import type { Speech } from './read-meeting.ts';

const yes =
  /(?:^|[,.!]\s*)(?:yes|yeah|yep|agreed|deal|done|ok(?:ay)?|fine|sure|perfect|great|good|exactly|correct|right|alright|absolutely|(?:that|this|it) (?:works|is fine|sounds good|suits us)|that's (?:fine|right|correct|agreed|good)|works for (?:us|me)|sounds (?:good|fine|right)|let's do (?:that|it)|we can (?:do|live with) that|you have a deal)\b|\bis (?:fine|ok|okay|good)\b/i;
const no =
  /\b(?:too (?:high|much|steep|expensive|early|late|many|few)|can't|cannot|won't|not (?:sure|yet|possible|ready|agreed|there)|(?:need|have|has|want) to (?:check|think|talk|discuss|ask|look)|let me (?:check|think|see|ask)|come back to (?:you|that)|unfortunately|more than we|out of (?:reach|budget)|hold on|i doubt)\b|^no\b/i;
/** Said, but not as a decision. */
const open =
  /\b(?:if|could|would|maybe|perhaps|might|hop(?:e|ing)|thinking (?:of|about)|wish|ideally|what if|budget|ballpark|roughly|somewhere|depends|unless|probably|assuming|let's say|in theory|possibly|guess)\b|\?["”']?$/i;

/** The next utterance of the other side. */
function replyTo({ speaker, turn }: Speech, speeches: readonly Speech[]): string | null {
  const next = speeches.find((one) => one.turn > turn && one.turn <= turn + 2 && one.speaker.side !== speaker.side);
  return next === undefined
    ? null
    : speeches
        .filter((one) => one.turn === next.turn)
        .map(({ text }) => text)
        .join(' ');
}

/**
 * Whether a value that stands in a sentence is agreed: the other side says yes, or the customer states it, not as a wish or a
 * question, and nobody says no.
 */
export function agreed(speech: Speech, speeches: readonly Speech[]): boolean {
  const reply = replyTo(speech, speeches);
  const refused = reply !== null && no.test(reply);
  if (refused) return false;
  if (reply !== null && yes.test(reply)) return true;
  return speech.speaker.side === 'customer' && !open.test(speech.text);
}

export const isOpen = ({ text }: Speech): boolean => open.test(text);
