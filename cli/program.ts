import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../runtime/package-root.ts';
import { wantsJson } from './wants-json.ts';
import { WrongUsage } from './wrong-usage.ts';

/** Exit codes: 0 done, 1 failed, 2 wrong usage. Each command's code is loaded only when it runs. */
export function program(): Command {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const trimtab = new Command('trimtab')
    .description('Chains of model calls that check, heal and record themselves.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeErr: (words) => (wantsJson() ? undefined : process.stderr.write(words)) })
    .showHelpAfterError('(run trimtab <command> --help for its options)')
    .configureHelp({ sortSubcommands: true });
  const command = (usage: string, description: string): Command =>
    trimtab.command(usage).description(description).option('--json', 'print JSON');

  command('dev', 'start everything on this machine: Postgres, Temporal, worker, API and page')
    .option('--no-open', 'do not print a sign-in link')
    .action(async (options) => (await import('./dev.ts')).dev(options));
  command('server', 'start the API and the page (needs DATABASE_URL)').action(async () => (await import('./processes.ts')).server());
  command('worker', 'start a worker (needs DATABASE_URL)').action(async () => (await import('./processes.ts')).worker());
  command('migrate', 'bring the database to this version (needs DATABASE_URL)').action(async (options) =>
    (await import('./admin.ts')).migrateDatabase(options),
  );
  command('reconcile', 'compare Postgres and Temporal after one was restored from a backup, and mend what differs')
    .option('--adopt', 'take open workflows that no run knows into the records')
    .action(async (options) => (await import('./reconcile.ts')).reconcileBoth(options));
  command('doctor', 'check everything that start needs')
    .option('--deep', 'also run a chain of our own through API, Temporal, worker, models and records; deleted afterwards')
    .action(async (options) => (await import('./doctor-command.ts')).runDoctor(options));

  command('mcp <server>', 'the tools of an MCP server of trimtab.config.ts as it defines them now, and the hash that approves them').action(
    async (name, options) => (await import('./mcp.ts')).showTools(name, options),
  );

  command('run <chain>', 'start a run')
    .option('--input <file>', 'the input as JSON; - for standard input')
    .option('--batch <file>', 'instead of --input: one input a line, a run for each, worked together')
    .option('--wait', 'follow it until it ends or waits for a person')
    .option('--user <name>', 'on whose behalf')
    .option('--idempotency-key <key>', 'same key and input, same run')
    .action(async (chain, options) => {
      if ((options.input === undefined) === (options.batch === undefined))
        throw new WrongUsage('give --input <file> for one run, or --batch <file> for one run a line');
      if (options.batch === undefined) return (await import('./run.ts')).runChain(chain, options);
      return (await import('./batch.ts')).runBatch(chain, options);
    });
  command('eval <chain>', "run the chain's cases and judge them: pass rate, cost, and which remedy healed what")
    .option('--cases <file>', 'one {"name", "input", "holds"} a line; - for standard input (default: cases.jsonl of the chain)')
    .option('--only <text>', 'just the cases that have this in their name')
    .option('--min <share>', 'exit code 1 when a smaller share passed, from 0 to 1 (1: all must pass)', '1')
    .option('--concurrency <n>', 'so many cases at once (default: as many as the worker takes)')
    .option('--keep', 'leave what waits for a person in the queue, instead of cancelling it once it is judged')
    .option('--effects', 'run a chain that acts on the world without asking a person first')
    .action(async (chain, options) => (await import('./eval.ts')).evaluate(chain, options));
  command('runs', 'list runs, newest first')
    .option('--chain <name>')
    .option('--status <status>')
    .option('--user <name>')
    .option('--batch <id>', 'the runs of one batch')
    .option('--limit <n>')
    .action(async (options) => (await import('./runs.ts')).listRuns(options));
  command('show <run>', 'the trace of a run').action(async (id, options) => (await import('./runs.ts')).showRun(id, options));
  command('cancel [run]', 'stop a run, or all runs of a batch that have not ended')
    .option('--batch <id>')
    .action(async (id, options) => (await import('./cancel.ts')).cancel(id, options));
  command('retry', 'go on with blocked runs')
    .option('--run <id>')
    .option('--code <code>', 'all that this cause blocked')
    .option('--chain <name>')
    .action(async (options) => (await import('./runs.ts')).retry(options));
  command('reviews', 'what waits for a person')
    .option('--queue <name>')
    .option('--status <status>')
    .action(async (options) => (await import('./reviews.ts')).listReviews(options));
  command('decide <review>', 'decide on a review')
    .option('--approve', 'take it as it is')
    .option('--edit <file>', 'a value of your own, as JSON')
    .option('--reject <reason>', 'send it back; the next attempt is told the reason')
    .option('--respond <text>', 'ask for another draft')
    .option('--comment <text>', 'kept with the decision')
    .action(async (id, options) => (await import('./reviews.ts')).decide(id, options));

  const subcommands = (name: string, description: string): Command => trimtab.command(name).description(description);
  subcommands('export', 'write records to a file')
    .command('runs')
    .description('runs with steps, attempts and verdicts as JSONL')
    .option('--chain <name>')
    .option('--status <status>')
    .option('--user <name>')
    .option('--output <file>', 'instead of standard output')
    .option('--json', 'print JSON, which it always does')
    .action(async (options) => (await import('./runs.ts')).exportRuns(options));
  const keys = subcommands('key', 'API keys');
  keys
    .command('create')
    .description('make a key; it is shown once')
    .requiredOption('--scopes <list>', 'comma separated: runs:write,runs:read,reviews:decide,admin')
    .option('--name <name>')
    .option('--json', 'print JSON')
    .action(async (options) => (await import('./admin.ts')).makeKey(options));
  keys
    .command('list')
    .description('every key that was made')
    .option('--json', 'print JSON')
    .action(async (options) => (await import('./admin.ts')).showKeys(options));
  keys
    .command('revoke <id>')
    .description('make a key useless')
    .option('--json', 'print JSON')
    .action(async (id, options) => (await import('./admin.ts')).revoke(id, options));
  subcommands('user', 'people')
    .command('invite <name>')
    .description('make a one-time sign-in link')
    .option('--json', 'print JSON')
    .action(async (name, options) => (await import('./admin.ts')).invite(name, options));
  subcommands('knowledge', 'the knowledge base')
    .command('import <path>')
    .description('import JSONL (id,title,content), CSV or a folder of Markdown')
    .option('--collection <name>')
    .option('--prune', 'remove documents of the collection that are not in the file')
    .option('--json', 'print JSON')
    .action(async (path, options) => (await import('./admin.ts')).importKnowledge(path, options));
  return trimtab;
}
