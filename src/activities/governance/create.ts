import type { GovernedActivities } from './types.ts';
import { asActivities } from '../support/running.ts';
import {
  cancelApproval,
  closeApproval,
  decideApproval,
  escalateApproval,
  lapseApproval,
  openApproval,
  remindApproval,
} from './approvals.ts';
import type { GovernedDeps } from './deps.ts';
import { openRequest } from './open-request.ts';
import { endRequest, performRequest } from './perform.ts';

/** The activities of governed operations and approvals. */
export function createGovernedActivities(deps: GovernedDeps): GovernedActivities {
  const activities: GovernedActivities = {
    openRequest: openRequest(deps),
    performRequest: performRequest(deps),
    endRequest: endRequest(deps),
    openApproval: openApproval(deps),
    decideApproval: decideApproval(deps),
    lapseApproval: lapseApproval(deps),
    cancelApproval: cancelApproval(deps),
    remindApproval: remindApproval(deps),
    escalateApproval: escalateApproval(deps),
    closeApproval: closeApproval(deps),
  };
  return asActivities(activities, deps);
}
