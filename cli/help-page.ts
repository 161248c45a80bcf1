import type { Command } from 'commander';
import { program } from './program.ts';

/** The page docs/cli.md: every command's own help. */
export function cliPage(): string {
  const sections = leaves(program()).map(
    (command) => `## trimtab ${pathOf(command)}\n\n\`\`\`\n${command.helpInformation().trimEnd()}\n\`\`\`\n`,
  );
  return `# Command line\n\nMade from the commands themselves by \`npm run docs\`. Every command that prints data takes \`--json\`. Exit code 0: done, 1: failed, 2: wrong usage.\n\nA failure is said on stderr: what, and the next step. With \`--json\` it is one line of JSON there, and stdout stays empty: \`{"error": {"code", "title", "detail", "next", "docs", "errors"}}\`, which is the API's [problem](api.md) where the API refused (then also \`status\` and \`request_id\`); \`code\` is \`wrong_usage\` for a command that was called wrongly.\n\n${sections.join('\n')}`;
}

const leaves = (command: Command): Command[] => (command.commands.length === 0 ? [command] : command.commands.flatMap(leaves));

function pathOf(command: Command): string {
  const parent = command.parent;
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name();
}
