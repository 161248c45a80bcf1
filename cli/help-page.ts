import type { Command } from 'commander';
import { program } from './program.ts';

/** The page docs/cli.md: every command's own help. */
export function cliPage(): string {
  const sections = leaves(program()).map(
    (command) => `## trimtab ${pathOf(command)}\n\n\`\`\`\n${command.helpInformation().trimEnd()}\n\`\`\`\n`,
  );
  return `# Command line\n\nMade from the commands themselves by \`npm run docs\`. Every command that prints data takes \`--json\`. Exit code 0: done, 1: failed, 2: wrong usage.\n\n${sections.join('\n')}`;
}

const leaves = (command: Command): Command[] => (command.commands.length === 0 ? [command] : command.commands.flatMap(leaves));

function pathOf(command: Command): string {
  const parent = command.parent;
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name();
}
