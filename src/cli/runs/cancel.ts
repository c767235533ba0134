import { cancelCheck } from '../../services/checks/cancel-check.ts';
import type { CancelDocument } from '../../services/checks/cancel-check.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { Store } from '../../store/types.ts';
import { connectOrNull } from '../flows/workflow-ends.ts';
import { checksNow } from '../kit/ended-runs.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import { withStore } from '../kit/store.ts';
import { findRun } from '../report/find-run.ts';
import type { RunsOptions } from './command.ts';

/** Whoever may use the store and Temporal may end a run; nobody is named. */
const REQUESTER = {
  principal: 'user:anonymous',
  authenticatedBy: 'none',
  surface: 'cli',
  key: null,
} as const;

/**
 * `arx runs cancel`: asks Temporal to cancel a check, which then closes itself as failed. Throws
 * CliError `no_such_run`, `run_ended` and `stack_absent`.
 */
export async function cancelRun(
  io: Io,
  reference: string,
  options: RunsOptions,
): Promise<ExitCode> {
  const document = await withStore(io, async (store) => {
    const [record] = await checksNow(io, store, [await findRun(store, reference)], options);
    return cancel(io, { store, record: record!, options });
  });
  if (options.json) await writeJson(io, document);
  else {
    await print(io, document.run);
    printNote(
      io,
      `It ends as failed as soon as its current calls have ended. See \`arx runs watch ${document.run}\`.`,
    );
  }
  return EXIT.ok;
}

interface Cancelling {
  store: Store;
  record: RunRecord;
  options: RunsOptions;
}

async function cancel(io: Io, { store, record, options }: Cancelling): Promise<CancelDocument> {
  const settings = await loadSettings(io, options);
  const link =
    record.status === 'running' ? await connectOrNull(settings, options.local ?? false) : null;
  if (record.status === 'running' && link === null) throw absentError(record);
  if (link === null) throw errorAfterEnd(record);
  try {
    return await cancelCheck({ link, store }, REQUESTER, record);
  } finally {
    await link.close();
  }
}

const errorAfterEnd = ({ run, status }: RunRecord): CliError =>
  new CliError({
    code: 'run_ended',
    message: `Run ${run} is not running: it is ${status}.`,
    remedy: `Read it with \`arx report ${run}\`.`,
  });

const absentError = ({ run }: RunRecord): CliError =>
  new CliError({
    code: 'stack_absent',
    message: `Run ${run} waits for its stack, and no stack is running in this ARX_HOME.`,
    remedy: 'Start the stack with `arx up`, then repeat this command.',
  });
