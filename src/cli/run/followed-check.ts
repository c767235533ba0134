import { progress, result } from '../../client.ts';
import type { StartedWorkflow } from '../../client.ts';
import type { MfaEnforcementCheckResult } from '../../workflows/messages.ts';
import type { Followed } from '../kit/follow.ts';
import { glimpseOf } from '../kit/progress.ts';
import type { Target } from '../kit/target.ts';

/** The check as something that is followed. */
export const checkToFollow = (
  { link, store }: Target,
  started: StartedWorkflow,
): Followed<MfaEnforcementCheckResult> => ({
  started,
  noun: 'run',
  again: 'arx run mfa-enforcement-check',
  read: `arx report ${started.run}`,
  result: () => result(link, started),
  look: async () => {
    const [now, calls] = await Promise.all([
      progress(link, started.workflowId),
      store.calls.get(started.run).catch(() => null),
    ]);
    return now && calls ? glimpseOf({ progress: now, calls }) : null;
  },
});
