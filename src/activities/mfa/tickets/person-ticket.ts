import {
  reopeningComment,
  stampMark,
  stillOpenComment,
  ticketDescription,
  ticketSummary,
} from '../../../mfa/ticket-text.ts';
import type { TicketStamp } from '../../../mfa/ticket-text.ts';
import type { Deps } from '../deps.ts';
import { runOf } from '../listing.ts';
import { frozen } from '../plan.ts';
import { isFinding, lookAgain } from '../second-look.ts';
import type { Judged } from '../second-look.ts';
import { accusing } from './ticket-row.ts';
import type { TicketDesk } from './ticket-desk.ts';
import { atDesk, ensureOpen, recordOutcome } from './ticket-flow.ts';
import type { TicketStory } from './ticket-flow.ts';
import type { MfaActivities } from '../types.ts';

/** `ensureTicket`: exactly one open ticket for a user who is not compliant. */
export function ensureTicket(deps: Deps): MfaActivities['ensureTicket'] {
  return async ({ run, userId }) => {
    const record = await runOf(deps.store, run);
    return atDesk(deps, { record, subject: userId }, async (desk) => {
      const user = await deps.store.users.get(run, userId);
      return isFinding(user)
        ? ensureOpen(desk, personStory(desk, user))
        : recordOutcome(desk, 'withheld', null);
    });
  };
}

function personStory(desk: TicketDesk, found: Judged): TicketStory {
  const { deps, record } = desk;
  let user = found;
  const { checkpoint } = frozen(record);
  const stamp = (): TicketStamp => ({
    run: record.run,
    at: user.takenOver?.at ?? user.checkedAt,
    checkpoint,
  });
  const mark = stampMark(record.run);
  return {
    confirm: async () => {
      const again = await lookAgain(deps, record, user);
      user = again ?? user;
      return again !== null;
    },
    newIssue: async () => ({
      summary: ticketSummary(user),
      description: ticketDescription(user, stamp(), frozen(record).allowed),
    }),
    keep: (issue) => {
      const details = accusing(desk.row.details);
      const after = {
        state: 'open',
        closedBy: null,
        closedSeenRun: null,
        lastRun: record.run,
        details,
      } as const;
      return desk.comment(issue, { body: stillOpenComment(user, stamp()), mark }, after);
    },
    reopeningComment: (closedBy) => ({ body: reopeningComment(user, stamp(), closedBy), mark }),
  };
}
