import { WorkflowEndedError, startMfaCheck } from '../../client.ts';
import type { StartedWorkflow } from '../../client.ts';
import type { JsonObject } from '../../audit/types.ts';
import { matchesAny } from '../../governance/glob.ts';
import type { RunSummary } from '../../mfa/document.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { MfaEnforcementCheckInput } from '../../workflows/messages.ts';
import type { RunOptions } from './command.ts';
import { runDocument, runSummary, runUsers } from '../report/run-document.ts';
import { CliError, failure, usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { hasVerdict } from './fail-on.ts';
import { deliver } from '../kit/files.ts';
import { follow } from '../kit/follow.ts';
import { checkToFollow } from './followed-check.ts';
import { policiesOf } from '../kit/inspect.ts';
import { print, say } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { findStarted, tellDetached } from '../kit/started.ts';
import { loadSettings } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import { openTarget } from '../kit/target.ts';
import type { Target } from '../kit/target.ts';

const NO_RUN = { code: 'no_such_run', remedy: 'List the runs with `arx runs`.' };

/**
 * Starts (or finds) a run, follows it and prints what came out; the exit code says how it ended.
 */
export async function runCheck(io: Io, options: RunOptions): Promise<ExitCode> {
  refuseContradictions(options);
  const settings = await loadSettings(io, options);
  // On named servers without a file the worker's own policies are in force, and --attach starts
  // nothing.
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
      return await tellDetached(io, { target, started }, { document, next });
    }
    if (!options.json)
      say(io, io.colors.err.dim(`run ${started.run}, workflow ${started.workflowId}`));
    return await finish(io, { target, started, options });
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
    throw usageError('--assume-users is for --estimate: a run counts its users itself.');
  if (attach === undefined) return;
  if (detach) throw usageError('--attach and --detach contradict each other.');
  if (group || dryRun || mode)
    throw usageError(
      '--attach follows a run that was started before: --group, --mode and --dry-run cannot change it.',
    );
}

async function start(
  { link, store, local }: Target,
  settings: Settings,
  options: RunOptions,
): Promise<StartedWorkflow> {
  const { config, file } = settings;
  const how = {
    ...(options.dryRun && { dryRun: true }),
    ...(options.mode && { mode: options.mode }),
  };
  // Without a file of our own the worker's configuration decides, as it does for the schedule.
  if (file === null && !local)
    return startMfaCheck(link, { ...how, ...(options.group ? { groups: options.group } : {}) });
  refuseDeltaWithoutLog(config, options);
  const scope = { ...config.scope, groups: options.group ?? config.scope.groups };
  const configRef = await store.snapshots.put({ ...config, scope } as unknown as JsonObject);
  return startMfaCheck(link, { configRef, ...how } satisfies MfaEnforcementCheckInput);
}

/** What `scan.mode: delta` in the file is held to, `--mode delta` is too. */
function refuseDeltaWithoutLog({ connectors }: Settings['config'], { mode }: RunOptions): void {
  if (mode !== 'delta' || matchesAny(connectors.okta.operations, 'logs:read')) return;
  throw usageError(
    '--mode delta reads the System Log: add logs:read to connectors.okta.operations of the configuration.',
  );
}

interface Job {
  target: Target;
  started: StartedWorkflow;
  options: RunOptions;
}

async function finish(io: Io, job: Job): Promise<ExitCode> {
  const failed = aboutGroups(await ending(io, job), job.options);
  const record = await job.target.store.runs.get(job.started.run);
  if (!record?.summary) throw failed ?? missing(job.started);
  await printRun(io, job, record);
  if (failed) {
    if (!job.options.json)
      say(io, `${io.colors.err.red('error:')} ${failed.message}\n  ${failed.remedy}`);
    return failed.exit;
  }
  return exitOf(await runSummary(job.target.store, record), job.options);
}

/**
 * A group of --group that does not exist is corrected on the command line, not in the
 * configuration.
 */
function aboutGroups(failed: CliError | null, { group }: RunOptions): CliError | null {
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

/** Null where the workflow came to its end; what made it fail otherwise. */
async function ending(io: Io, { target, started }: Job): Promise<CliError | null> {
  try {
    await follow(io, target, checkToFollow(target, started));
    return null;
  } catch (thrown) {
    if (thrown instanceof WorkflowEndedError) return failure(thrown.type, thrown.message);
    throw thrown;
  }
}

async function printRun(io: Io, { target, options }: Job, record: RunRecord): Promise<void> {
  const { store } = target;
  if (options.json) {
    const { runJson } = await import('../report/json.ts');
    const users = options.users === false ? null : runUsers(store, record);
    return deliver(io, runJson(await runSummary(store, record), users), undefined);
  }
  const { reportTable } = await import('../kit/table.ts');
  const users = options.users === true;
  const document = users
    ? await runDocument(store, record)
    : { ...(await runSummary(store, record)), users: [] };
  await print(io, reportTable(document, io.colors.out, { users }));
}

/** An incomplete run says nothing of findings, so it goes first. */
function exitOf({ status, counts }: RunSummary, { failOn }: RunOptions): ExitCode {
  if (status === 'failed') return EXIT.error;
  if (status === 'incomplete') return EXIT.incomplete;
  return failOn && hasVerdict(counts, failOn) ? EXIT.findings : EXIT.ok;
}

const missing = ({ run }: StartedWorkflow): CliError =>
  new CliError({
    code: 'no_such_run',
    message: `Run ${run} ended, but the store of this command knows nothing of it.`,
    remedy: 'Check that DATABASE_URL names the store that the worker uses.',
  });
