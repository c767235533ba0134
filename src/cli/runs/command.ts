import type { RunSummary } from '../../mfa/document.ts';
import { EXIT } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import { whole, withJson, withLocal } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

interface RunsOptions {
  limit: number;
  json?: boolean;
  local?: boolean;
}

/** `arx runs`: the latest runs, newest first. */
export const defineRuns: DefineVerb = (program, run) => {
  const command = program.command('runs').description('list the latest runs, newest first');
  withJson(withLocal(command))
    .option('--limit <number>', 'maximum number of runs', whole(1, 1_000), 20)
    .action((options: RunsOptions) =>
      run(async (io) => {
        const { withStoreOr } = await import('../kit/store.ts');
        const { listRuns } = await import('../../services/checks/list-runs.ts');
        const items = await withStoreOr<RunSummary[]>(
          io,
          [],
          async (store) => (await listRuns(store, options.limit)).items,
        );
        if (options.json) await writeJson(io, { schema: 'arx.runs/v1', items });
        else {
          const { runsTable } = await import('../kit/table.ts');
          await print(
            io,
            items.length > 0
              ? runsTable(items, io.colors.out)
              : 'There are no runs yet. Start one with `arx run mfa-enforcement-check`.',
          );
        }
        return EXIT.ok;
      }),
    );
};
