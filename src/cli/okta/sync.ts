import { WorkflowEndedError } from '../../client.ts';
import type { StartedWorkflow } from '../../client.ts';
import { syncProgress, syncResult } from '../../client/okta-sync.ts';
import { requestSync } from '../../services/twin/start-sync.ts';
import type { OktaSyncResult } from '../../workflows/messages.ts';
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
import { syncSnapshot } from './sync-progress.ts';

const NO_SYNC = {
  code: 'no_such_sync',
  remedy: '`arx okta status` shows the sync that was started last.',
};

/**
 * Starts (or finds) a sync, follows it and prints its result; exit code 7 if a stream is partial or
 * denied.
 */
export async function oktaSync(io: Io, options: SyncOptions): Promise<ExitCode> {
  refuseContradictions(options);
  const settings = await loadSettings(io, options);
  // With a remote worker and no local file, the worker's own rules apply; --attach does not start a
  // sync.
  if (options.attach === undefined && (options.local || settings.file !== null)) {
    policiesOf(settings);
    for (const warning of eventRuleWarnings(eventRulesOf(settings)))
      printNote(io, io.colors.err.yellow(`warning: ${warning}`));
  }
  // A sync does not write to vendors, so like a dry run it does not need Jira and Slack.
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
      const next = 'See its result with `arx okta status`.';
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
    throw usageError('--no-users, --no-apps and --no-logs together would read nothing.');
  if (!logs && hoursBack !== undefined)
    throw usageError('--no-logs and --hours-back cannot be combined.');
  if (attach === undefined) return;
  if (detach) throw usageError('--attach and --detach cannot be combined.');
  if (!users || !apps || !logs || hoursBack !== undefined) {
    throw usageError(
      '--attach follows a sync that was already started: its options cannot be changed.',
    );
  }
}

/** Without a local file the worker's configuration applies, as it does for a schedule. */
function start(
  { link, store, local }: Target,
  { config, file }: Settings,
  { users, apps, logs, hoursBack }: SyncOptions,
): Promise<StartedWorkflow> {
  const used = file === null && !local ? null : config;
  return requestSync({ link, store, config: used }, { users, apps, logs, hoursBack });
}

interface FollowedSync {
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
    return now && calls ? syncSnapshot(now, calls) : null;
  },
});

/** A failed sync may have stored a result, which is printed before the error. */
async function finish(io: Io, { target, started, options }: FollowedSync): Promise<ExitCode> {
  try {
    const result = await follow(io, target, syncToFollow(target, started));
    await printResult(io, result, options);
    return exitOf(result);
  } catch (thrown) {
    if (!(thrown instanceof WorkflowEndedError)) throw thrown;
    const failed = failure(thrown.type, thrown.message);
    const stored = await target.store.twin.syncs.get(started.run);
    if (!stored?.result) throw failed;
    await printResult(io, stored.result as unknown as OktaSyncResult, options);
    if (!options.json)
      printNote(io, `${io.colors.err.red('error:')} ${failed.message}\n  ${failed.remedy}`);
    return failed.exit;
  }
}

async function printResult(io: Io, result: OktaSyncResult, { json }: SyncOptions): Promise<void> {
  if (json) return writeJson(io, { ...result, items: result.streams });
  const { syncText } = await import('./render.ts');
  await print(io, syncText(result, io.colors.out));
}

const exitOf = ({ status, streams }: OktaSyncResult): ExitCode =>
  status === 'complete' && streams.every(({ state }) => state === 'complete')
    ? EXIT.ok
    : EXIT.incomplete;
