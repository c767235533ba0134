import { WorkflowEndedError } from '../../client.ts';
import type { StartedWorkflow } from '../../client.ts';
import type { Quota } from '../../connectors/rate-limit/types.ts';
import type { RunSummary } from '../../mfa/document.ts';
import { quotaOf } from '../../services/connectors.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { RunOptions } from './command.ts';
import {
  runDocument,
  runOverview,
  runSummary,
  runUsers,
} from '../../services/checks/run-document.ts';
import { startCheck } from '../../services/checks/start-check.ts';
import { CliError, failure, usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { hasFinding } from './fail-on.ts';
import { writeOutput } from '../kit/files.ts';
import { follow } from '../kit/follow.ts';
import { checkToFollow } from './followed-check.ts';
import { policiesOf } from '../kit/inspect.ts';
import { print, printNote } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { findStarted, printDetached } from '../kit/started.ts';
import { loadSettings } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import { openTarget } from '../kit/target.ts';
import type { Target } from '../kit/target.ts';

const NO_RUN = { code: 'no_such_run', remedy: 'List the runs with `arx runs`.' };

/** Starts (or finds) a run, follows it and prints its result. The exit code says how it ended. */
export async function runCheck(io: Io, options: RunOptions): Promise<ExitCode> {
  refuseContradictions(options);
  const settings = await loadSettings(io, options);
  // With a remote worker and no local file, the worker's own policies apply; --attach does not
  // start a run.
  if (options.attach === undefined && (options.local || settings.file !== null))
    policiesOf(settings);
  const target = await openTarget(io, settings, options);
  let keep = false;
  try {
    const started =
      options.attach === undefined
        ? await start(target, settings, options)
        : await findStarted(target, options.attach, NO_RUN);
    if (options.detach) {
      keep = true;
      const document = options.json
        ? { schema: 'arx.run/v1', dryRun: options.dryRun ?? false }
        : null;
      const next = `Read it with \`arx report ${started.run}\`.`;
      return await printDetached(io, { target, started }, { document, next });
    }
    if (!options.json)
      printNote(io, io.colors.err.dim(`run ${started.run}, workflow ${started.workflowId}`));
    return await finish(io, { target, started, options, quota: quotaOf(settings.config) });
  } finally {
    await target.close({ keep });
  }
}

function refuseContradictions({
  attach,
  detach,
  group,
  dryRun,
  mode,
  assumeUsers,
}: RunOptions): void {
  if (assumeUsers !== undefined)
    throw usageError('--assume-users needs --estimate: a run counts its users itself.');
  if (attach === undefined) return;
  if (detach) throw usageError('--attach and --detach cannot be combined.');
  if (group || dryRun || mode)
    throw usageError(
      '--attach follows a run that was already started: --group, --mode and --dry-run cannot change it.',
    );
}

/** Without a local file the worker's configuration applies, as it does for the schedule. */
function start(
  { link, store, local }: Target,
  { config, file }: Settings,
  { dryRun, mode, group: groups }: RunOptions,
): Promise<StartedWorkflow> {
  const used = file === null && !local ? null : config;
  return startCheck({ link, store, config: used }, { dryRun, mode, groups });
}

interface FollowedRun {
  target: Target;
  started: StartedWorkflow;
  options: RunOptions;
  quota: Quota;
}

async function finish(io: Io, followed: FollowedRun): Promise<ExitCode> {
  const failed = withGroupRemedy(await waitForEnd(io, followed), followed.options);
  const record = await followed.target.store.runs.get(followed.started.run);
  if (!record?.summary) throw failed ?? missingRun(followed.started);
  await printRun(io, followed, record);
  if (failed) {
    if (!followed.options.json)
      printNote(io, `${io.colors.err.red('error:')} ${failed.message}\n  ${failed.remedy}`);
    return failed.exit;
  }
  return exitOf(await runSummary(followed.target.store, record), followed.options);
}

/**
 * A non-existent group given with --group is corrected on the command line, not in the
 * configuration.
 */
function withGroupRemedy(failed: CliError | null, { group }: RunOptions): CliError | null {
  if (
    group === undefined ||
    failed?.code !== 'configuration' ||
    !/\bgroups?\b/.test(failed.message)
  )
    return failed;
  const { code, message, exit } = failed;
  const remedy =
    'Give --group the exact name or the id of a group: `arx call okta groups:read --reason look-up` lists them.';
  return new CliError({ code, message, exit, remedy });
}

/** Null if the workflow completed; otherwise the error that made it fail. */
async function waitForEnd(
  io: Io,
  { target, started, quota }: FollowedRun,
): Promise<CliError | null> {
  try {
    await follow(io, target, checkToFollow(target, started, quota));
    return null;
  } catch (thrown) {
    if (thrown instanceof WorkflowEndedError) return failure(thrown.type, thrown.message);
    throw thrown;
  }
}

async function printRun(
  io: Io,
  { target, options }: FollowedRun,
  record: RunRecord,
): Promise<void> {
  const { store } = target;
  if (options.json) {
    const { runJson } = await import('../../services/checks/run-json.ts');
    const users = options.users === false ? null : runUsers(store, record);
    return writeOutput(io, runJson(await runSummary(store, record), users), undefined);
  }
  const { reportTable } = await import('../kit/table.ts');
  const users = options.users === true;
  const document = users ? await runDocument(store, record) : await runOverview(store, record);
  await print(io, reportTable(document, io.colors.out, { users: users ? 'all' : 'none' }));
}

/**
 * The exit code of an incomplete run takes precedence over findings, which are not reliable then.
 */
function exitOf(summary: RunSummary, { failOn }: RunOptions): ExitCode {
  const { status } = summary;
  if (status === 'failed') return EXIT.error;
  if (status === 'incomplete') return EXIT.incomplete;
  return failOn && hasFinding(summary, failOn) ? EXIT.findings : EXIT.ok;
}

const missingRun = ({ run }: StartedWorkflow): CliError =>
  new CliError({
    code: 'no_such_run',
    message: `Run ${run} ended, but the store of this command has no record of it.`,
    remedy: 'Set DATABASE_URL to the database of the worker.',
  });
