import type { FlowDeps } from './deps.ts';
import { put, runOf, stepOf, withStep } from './record.ts';
import { standingOfStep } from './standing-at.ts';
import type { FlowActivities } from './types.ts';

/** `verifyStep`: one look at what a step was to bring about. */
export function verifyStep(deps: FlowDeps): FlowActivities['verifyStep'] {
  return async ({ run, step: id, last }) => {
    const record = await runOf(deps, run);
    const step = stepOf(record, id);
    if (step.verified !== null) return { next: step.verified ? 'done' : 'ended' };
    const verified = (await standingOfStep(deps, record, step)) === 'done';
    if (!verified && !last) return { next: 'again' };
    const outcome = { step: id, operation: step.operation, verified };
    const steps = withStep(record, id, { verified, ...(verified && { state: 'done' }) });
    const end = {
      outcome: 'unverified',
      code: 'not_seen',
      message: `${step.operation} was made, but its effect was not seen in time.`,
    } as const;
    await put(
      deps,
      record,
      { kind: 'flow.verified', outcome },
      { steps, ...(verified ? {} : end) },
    );
    return { next: verified ? 'done' : 'ended' };
  };
}
