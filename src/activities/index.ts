import { beginRun } from './mfa/begin.ts';
import { ensureBulkTicket } from './mfa/tickets/bulk-ticket.ts';
import { checkUsers, giveUpChecking } from './mfa/checking.ts';
import { closable, closeTicket, sweepDuplicates } from './mfa/tickets/closing.ts';
import { readChanges } from './mfa/delta/changes.ts';
import type { MfaDeps } from './mfa/deps.ts';
import { conclude, finishRun, postSummary } from './mfa/finish.ts';
import { listPage } from './mfa/listing.ts';
import { ensureTicket } from './mfa/tickets/user-ticket.ts';
import { asActivities } from './support/running.ts';
import { NON_COMPLIANT } from '../mfa/types.ts';
import type { MfaActivities } from './mfa/types.ts';

/** The activities of the MFA enforcement check. */
export function createActivities(deps: MfaDeps): MfaActivities {
  const activities: MfaActivities = {
    beginRun: beginRun(deps),
    listPage: listPage(deps),
    readChanges: readChanges(deps),
    checkUsers: checkUsers(deps),
    giveUpChecking: giveUpChecking(deps),
    findings: async ({ run, after, limit }) => ({
      ids: await deps.store.users.idsByVerdict(run, NON_COMPLIANT, after, limit),
    }),
    ensureTicket: ensureTicket(deps),
    ensureBulkTicket: ensureBulkTicket(deps),
    conclude: conclude(deps),
    closable: closable(deps),
    closeTicket: closeTicket(deps),
    sweepDuplicates: sweepDuplicates(deps),
    postSummary: postSummary(deps),
    finishRun: finishRun(deps),
  };
  return asActivities(activities, deps);
}
