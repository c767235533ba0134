import { asActivities } from '../support/running.ts';
import { closeFlow } from './close-flow.ts';
import type { FlowDeps } from './deps.ts';
import { openFlow } from './open-flow.ts';
import { planFlow } from './plan-flow.ts';
import { beginStep, settleStep, verifyStep } from './take-step.ts';
import type { FlowActivities } from './types.ts';

/** The activities of `delegatedFlow`. */
export function createFlowActivities(deps: FlowDeps): FlowActivities {
  const activities: FlowActivities = {
    openFlow: openFlow(deps),
    planFlow: planFlow(deps),
    beginStep: beginStep(deps),
    settleStep: settleStep(deps),
    verifyStep: verifyStep(deps),
    closeFlow: closeFlow(deps),
  };
  return asActivities(activities, deps);
}
