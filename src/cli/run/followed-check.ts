import { progress, result } from '../../client.ts';
import type { StartedWorkflow } from '../../client.ts';
import { bucketKey } from '../../connectors/rate-limit/buckets.ts';
import { pauseOf } from '../../connectors/rate-limit/usable.ts';
import type { Quota } from '../../connectors/rate-limit/types.ts';
import type { Store } from '../../store/types.ts';
import type { MfaEnforcementCheckResult } from '../../workflows/messages.ts';
import type { Followed } from '../kit/follow.ts';
import { CHECK_PHASES, forwardOnly, snapshotOf } from '../kit/progress.ts';
import type { Target } from '../kit/target.ts';

/** Adapts a started check to `follow`. `quota` is the share of Okta's limits that it may use. */
export function checkToFollow(
  { link, store }: Target,
  started: StartedWorkflow,
  quota: Quota,
): Followed<MfaEnforcementCheckResult> {
  const forward = forwardOnly(CHECK_PHASES);
  return {
    started,
    noun: 'run',
    followCommand: 'arx run mfa-enforcement-check',
    readCommand: `arx report ${started.run}`,
    result: () => result(link, started),
    readProgress: async () => {
      const [now, calls, pauseMs] = await Promise.all([
        progress(link, started.workflowId),
        store.calls.get(started.run).catch(() => null),
        readPause(store, started.run, quota).catch(() => null),
      ]);
      if (!now || !calls) return null;
      return snapshotOf({ progress: { ...now, phase: forward(now.phase) }, calls, pauseMs });
    },
  };
}

/** How long the run waits for Okta's limit of the calls that it makes most; null if it does not. */
async function readPause(
  { runs, rateBuckets }: Pick<Store, 'runs' | 'rateBuckets'>,
  run: string,
  quota: Quota,
): Promise<number | null> {
  const record = await runs.get(run);
  if (record === null) return null;
  const state = await rateBuckets.get(bucketKey('okta', record.org, 'users'));
  return pauseOf(state, quota, rateBuckets.now());
}
