import { defineConfig } from 'trimtab';

const { env } = process;
/** Claude writes where only its key is set; everything else speaks OpenAI's wire format. */
const claude = Boolean(env.ANTHROPIC_API_KEY) && !env.OPENAI_API_KEY && !env.OPENAI_BASE_URL;
const named = (setting: string, openai: string, anthropic: string) =>
  claude ? { provider: 'anthropic', model: env[setting] ?? anthropic } : { provider: 'openai', model: env[setting] ?? openai };

export default defineConfig({
  demo: true,
  chains: {
    'support-reply': './chains/support-reply',
    'grounded-answer': './chains/grounded-answer',
    'research-answer': './chains/research-answer',
  },
  models: {
    writer: named('TRIMTAB_WRITER_MODEL', 'gpt-4.1-mini', 'claude-haiku-4-5'),
    'writer-large': named('TRIMTAB_LARGE_MODEL', 'gpt-4.1', 'claude-sonnet-4-6'),
    judge: named('TRIMTAB_JUDGE_MODEL', 'gpt-4.1', 'claude-sonnet-4-6'),
  },
});
