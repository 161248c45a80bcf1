import { unescapeHtml } from '../read-prompt.ts';
import { sentencesOf } from '../words.ts';

export interface Person {
  name: string;
  side: 'us' | 'customer';
}
/** One sentence of the talk. `turn`: which utterance it is part of. */
export interface Speech {
  speaker: Person;
  text: string;
  turn: number;
}
export interface Meeting {
  held_on: string;
  people: Person[];
  speeches: Speech[];
}

/** Words to a machine are part of no talk between people. */
const toMachine =
  /\b(?:ai|assistant|bot|note[- ]?taker|language model|transcri(?:ber|ption)|crm (?:agent|tool)|system)\b[^.]{0,60}\b(?:set|write|record|ignore|mark|update|enter|put|change|note down|add)\b|\b(?:ignore|disregard|forget) (?:all|any|your|the|previous|prior)\b[^.]*\b(?:instructions?|rules?|prompt)\b/i;

/** What a prompt shows of a meeting, by the marks that the template carries: people, and a line an utterance, `Name: …`. Null: it shows none. */
export function readMeeting(prompt: string): Meeting | null {
  const [, held_on = ''] = /<meeting\b[^>]*\bheld_on="([^"]*)"/.exec(prompt) ?? [];
  const transcript = /<transcript>([\s\S]*?)<\/transcript>/.exec(prompt)?.[1];
  if (transcript === undefined) return null;
  const people = [...prompt.matchAll(/<person side="(us|customer)"[^>]*>([^<]*)<\/person>/g)].map(([, side, name = '']): Person => ({
    side: side as Person['side'],
    name: unescapeHtml(name).trim(),
  }));
  return { held_on, people, speeches: speechesOf(unescapeHtml(transcript), people) };
}

/** Lines of somebody who is not on the list (a `SYSTEM:`, a `Chat:`) are nobody's words; a line without a name goes on with the one before. */
function speechesOf(transcript: string, people: readonly Person[]): Speech[] {
  const speeches: Speech[] = [];
  let speaker: Person | null = null;
  let turn = 0;
  for (const line of transcript.split('\n')) {
    const [, label, said = line] = /^\s*(?:[[(][\d:.]+[\])]\s*)?([^:\n]{1,60}):\s+(.*)$/.exec(line) ?? [];
    if (label !== undefined) {
      speaker = people.find(({ name }) => name === label.trim() || label.trim().startsWith(`${name} (`)) ?? null;
      turn += 1;
    }
    if (speaker === null) continue;
    const one: Person = speaker;
    speeches.push(...sentencesOf(said).flatMap((text) => (toMachine.test(text) ? [] : [{ speaker: one, text, turn }])));
  }
  return speeches;
}
