import type { Command } from 'commander';
import type { RunSummary } from '../../mfa/document.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { nonEmptyText, whole, withConfig, withJson, withLocal } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** Options of `arx runs` and its subcommands. */
export interface RunsOptions {
  limit: number;
  config?: string;
  json?: boolean;
  local?: boolean;
}

const RUN = 'run id, the beginning of one, workflow id, or `latest`';

/** `arx runs`: the latest runs, newest first; and what can be done with one that is running. */
export const defineRuns: DefineVerb = (program, run) => {
  const runs = program
    .command('runs')
    .description('list the latest runs, newest first; watch or cancel one that is running');
  withJson(withLocal(withConfig(runs)))
    .option('--limit <number>', 'maximum number of runs', whole(1, 1_000), 20)
    .action((options: RunsOptions) => run((io) => listRuns(io, options)));
  subcommand(runs, 'watch', 'follow a running run to its end, and print its result')
    .argument('[run]', `${RUN} (default: the newest)`, nonEmptyText)
    .action((reference: string | undefined, _: unknown, command: Command) =>
      run(async (io) => {
        const { watchRun } = await import('./watch.ts');
        return watchRun(io, reference ?? 'latest', command.optsWithGlobals<RunsOptions>());
      }),
    );
  subcommand(
    runs,
    'cancel',
    'end a running run; it is recorded as failed, with the users checked until then',
  )
    .argument('<run>', RUN, nonEmptyText)
    .action((reference: string, _: unknown, command: Command) =>
      run(async (io) => {
        const { cancelRun } = await import('./cancel.ts');
        return cancelRun(io, reference, command.optsWithGlobals<RunsOptions>());
      }),
    );
};

const subcommand = (parent: Command, name: string, about: string): Command =>
  withJson(withLocal(withConfig(parent.command(name).description(about))));

async function listRuns(io: Io, options: RunsOptions): Promise<ExitCode> {
  const [{ withStoreOr }, { runSummary }, { checksNow }] = await Promise.all([
    import('../kit/store.ts'),
    import('../../services/checks/run-document.ts'),
    import('../kit/ended-runs.ts'),
  ]);
  const items = await withStoreOr<RunSummary[]>(io, [], async (store) => {
    const records = await checksNow(io, store, await store.runs.list(options.limit), options);
    return Promise.all(records.map((record) => runSummary(store, record)));
  });
  if (options.json) await writeJson(io, { schema: 'arx.runs/v1', items });
  else {
    const [{ runsTable }, { printPaged }] = await Promise.all([
      import('../kit/table.ts'),
      import('../kit/pager.ts'),
    ]);
    await printPaged(
      io,
      items.length > 0
        ? runsTable(items, io.colors.out)
        : 'There are no runs yet. Start one with `arx run mfa-enforcement-check`.',
    );
  }
  return EXIT.ok;
}
