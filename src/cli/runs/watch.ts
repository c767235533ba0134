import type { ExitCode } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { readEnvironment } from '../kit/settings.ts';
import { withStore } from '../kit/store.ts';
import { findRun } from '../report/find-run.ts';
import { runCheck } from '../run/run-check.ts';
import type { RunsOptions } from './command.ts';

/**
 * `arx runs watch`: follows a check to its end and prints its result, as the command that started it
 * does. Ctrl-C detaches. Throws CliError `no_such_run`.
 */
export async function watchRun(
  io: Io,
  reference: string,
  { config, json, local }: RunsOptions,
): Promise<ExitCode> {
  const { workflowId } = await withStore(io, (store) => findRun(store, reference));
  return runCheck(io, {
    attach: workflowId,
    // Without DATABASE_URL, the run is one of the stack on this machine.
    local: local ?? readEnvironment(io).arx.databaseUrl === null,
    ...(config !== undefined && { config }),
    ...(json !== undefined && { json }),
  });
}
