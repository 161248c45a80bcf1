import { providerStates } from '../src/store/breakers.ts';
import { openDatabase } from '../src/store/database.ts';

/** Which providers the workers leave alone. Throws with what each last said, and what to do, where there is one. */
export async function lookAtProviders(url: string): Promise<string> {
  const db = openDatabase(url, { max: 1, name: 'trimtab doctor' });
  try {
    const states = await providerStates(db).catch(() => []);
    const down = states.filter(({ breaker }) => breaker !== 'closed');
    if (down.length === 0)
      return states.length === 0 ? 'no trouble known' : `${states.map(({ provider }) => provider).join(', ')}: no trouble`;
    // What doctor shows as the next step comes behind the first colon.
    const words = down.map(
      ({ provider, breaker, trouble }) =>
        `${provider} is left alone (${breaker}), it last said "${(trouble ?? '').replaceAll(': ', ', ')}"`,
    );
    throw new Error(`${words.join('; ')}: workers try it again by themselves`);
  } finally {
    await db.destroy();
  }
}
