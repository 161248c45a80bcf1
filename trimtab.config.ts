import { defineConfig } from 'trimtab';

/** Which models write and judge follows from the keys that are set (docs/models.md); `models` here would name others. */
export default defineConfig({
  demo: true,
  chains: {
    'support-reply': './chains/support-reply',
    'grounded-answer': './chains/grounded-answer',
    'research-answer': './chains/research-answer',
    'text-to-sql': './chains/text-to-sql',
    'meeting-to-crm': './chains/meeting-to-crm',
  },
});
