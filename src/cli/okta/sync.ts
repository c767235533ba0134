import { WorkflowEndedError } from '../../client.ts';
import type { StartedWorkflow } from '../../client.ts';
import { startSync, syncProgress, syncResult } from '../../client/okta-sync.ts';
import type { JsonObject } from '../../audit/types.ts';
import type { OktaSyncInput, OktaSyncResult } from '../../workflows/messages.ts';
import type { SyncOptions } from './command.ts';
import { failure, usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { follow } from '../kit/follow.ts';
import type { Followed } from '../kit/follow.ts';
import { eventRulesOf, eventRuleWarnings, policiesOf } from '../kit/inspect.ts';
import type { Io } from '../kit/io.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import { findStarted, printDetached } from '../kit/started.ts';
import { loadSettings } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import { openTarget } from '../kit/target.ts';
import type { Target } from '../kit/target.ts';
import { syncGlimpse } from './sync-glimpse.ts';

const NO_SYNC = {
  code: 'no_such_sync',
  remedy: 'See `arx okta status` for the sync that was begun last.',
};

/**
 * Starts (or finds) a sync, follows it and prints what came out; 7 where a stream is partial or
 * denied.
 */
export async function oktaSync(io: Io, options: SyncOptions): Promise<ExitCode> {
  refuseContradictions(options);
  const settings = await loadSettings(io, options);
  // On named servers without a file the worker's own are in force, and --attach starts nothing.
  if (options.attach === undefined && (options.local || settings.file !== null)) {
    policiesOf(settings);
    for (const warning of eventRuleWarnings(eventRulesOf(settings)))
      printNote(io, io.colors.err.yellow(`warning: ${warning}`));
  }
  // A sync writes to no vendor, so it does without Jira and Slack, as a dry run does.
  const target = await openTarget(io, settings, { ...options, dryRun: true });
  let keep = false;
  try {
    const started =
      options.attach === undefined
        ? await start(target, settings, options)
        : await findStarted(target, options.attach, NO_SYNC);
    if (options.detach) {
      keep = true;
      const document = options.json ? { schema: 'arx.sync/v1', streams: [], items: [] } : null;
      const next = 'See how it ended with `arx okta status`.';
      return await printDetached(io, { target, started }, { document, next });
    }
    if (!options.json)
      printNote(io, io.colors.err.dim(`sync ${started.run}, workflow ${started.workflowId}`));
    return await finish(io, { target, started, options });
  } finally {
    await target.close({ keep });
  }
}

function refuseContradictions({ users, apps, logs, hoursBack, attach, detach }: SyncOptions): void {
  if (!users && !apps && !logs)
    throw usageError('--no-users, --no-apps and --no-logs together leave nothing to read.');
  if (!logs && hoursBack !== undefined)
    throw usageError('--no-logs and --hours-back contradict each other.');
  if (attach === undefined) return;
  if (detach) throw usageError('--attach and --detach contradict each other.');
  if (!users || !apps || !logs || hoursBack !== undefined) {
    throw usageError(
      '--attach follows a sync that was started before: what it reads cannot be changed.',
    );
  }
}

async function start(
  { link, store, local }: Target,
  { config, file }: Settings,
  { users, apps, logs, hoursBack }: SyncOptions,
): Promise<StartedWorkflow> {
  const input: OktaSyncInput = {
    users,
    apps,
    logs,
    ...(hoursBack === undefined ? {} : { hoursBack }),
  };
  // Without a file of our own the worker's configuration decides, as it does for a schedule.
  if (file === null && !local) return startSync(link, input);
  const configRef = await store.snapshots.put(config as unknown as JsonObject);
  return startSync(link, { ...input, configRef });
}

interface Job {
  target: Target;
  started: StartedWorkflow;
  options: SyncOptions;
}

const syncToFollow = (
  { link, store }: Target,
  started: StartedWorkflow,
): Followed<OktaSyncResult> => ({
  started,
  noun: 'sync',
  followCommand: 'arx okta sync',
  readCommand: 'arx okta status',
  result: () => syncResult(link, started),
  readProgress: async () => {
    const [now, calls] = await Promise.all([
      syncProgress(link, started.workflowId),
      store.calls.get(started.run).catch(() => null),
    ]);
    return now && calls ? syncGlimpse(now, calls) : null;
  },
});

/** A sync that broke off leaves a document all the same: it is told first, then what went wrong. */
async function finish(io: Io, { target, started, options }: Job): Promise<ExitCode> {
  try {
    const result = await follow(io, target, syncToFollow(target, started));
    await tell(io, result, options);
    return exitOf(result);
  } catch (thrown) {
    if (!(thrown instanceof WorkflowEndedError)) throw thrown;
    const failed = failure(thrown.type, thrown.message);
    const left = await target.store.twin.syncs.get(started.run);
    if (!left?.result) throw failed;
    await tell(io, left.result as unknown as OktaSyncResult, options);
    if (!options.json)
      printNote(io, `${io.colors.err.red('error:')} ${failed.message}\n  ${failed.remedy}`);
    return failed.exit;
  }
}

async function tell(io: Io, result: OktaSyncResult, { json }: SyncOptions): Promise<void> {
  if (json) return writeJson(io, { ...result, items: result.streams });
  const { syncText } = await import('./render.ts');
  await print(io, syncText(result, io.colors.out));
}

const exitOf = ({ status, streams }: OktaSyncResult): ExitCode =>
  status === 'complete' && streams.every(({ state }) => state === 'complete')
    ? EXIT.ok
    : EXIT.incomplete;
