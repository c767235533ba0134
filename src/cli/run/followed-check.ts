import { progress, result } from '../../client.ts';
import type { StartedWorkflow } from '../../client.ts';
import type { MfaEnforcementCheckResult } from '../../workflows/messages.ts';
import type { Followed } from '../kit/follow.ts';
import { snapshotOf } from '../kit/progress.ts';
import type { Target } from '../kit/target.ts';

/** Adapts a started check to `follow`. */
export const checkToFollow = (
  { link, store }: Target,
  started: StartedWorkflow,
): Followed<MfaEnforcementCheckResult> => ({
  started,
  noun: 'run',
  followCommand: 'arx run mfa-enforcement-check',
  readCommand: `arx report ${started.run}`,
  result: () => result(link, started),
  readProgress: async () => {
    const [now, calls] = await Promise.all([
      progress(link, started.workflowId),
      store.calls.get(started.run).catch(() => null),
    ]);
    return now && calls ? snapshotOf({ progress: now, calls }) : null;
  },
});
