import {
  reopeningComment,
  stampMark,
  stillOpenComment,
  ticketDescription,
  ticketSummary,
  withOwnText,
} from '../../../mfa/ticket-text.ts';
import type { TicketStamp } from '../../../mfa/ticket-text.ts';
import type { UsesConnectors, UsesStore } from '../../support/parts.ts';
import { runOf } from '../listing.ts';
import { planOf } from '../plan.ts';
import { isFinding, recheckUser } from '../recheck.ts';
import type { CheckedUser } from '../recheck.ts';
import { forgetComplianceComment } from './ticket-row.ts';
import type { EditorDeps, TicketEditor } from './ticket-editor.ts';
import { editTicket, ensureOpen, recordOutcome } from './ticket-flow.ts';
import type { TicketContent } from './ticket-flow.ts';
import type { MfaActivities } from '../types.ts';

export type TicketDeps = EditorDeps & UsesStore<'journal' | 'runs'> & UsesConnectors<'okta'>;

/** `ensureTicket`: keeps exactly one ticket open for a user who is not compliant. */
export function ensureTicket(deps: TicketDeps): MfaActivities['ensureTicket'] {
  return async ({ run, userId }) => {
    const record = await runOf(deps.store, run);
    return editTicket(deps, { record, subject: userId }, async (editor) => {
      const user = await deps.store.users.get(run, userId);
      return isFinding(user)
        ? ensureOpen(editor, userTicketContent(deps, editor, user))
        : recordOutcome(editor, 'withheld', null);
    });
  };
}

function userTicketContent(
  deps: TicketDeps,
  editor: TicketEditor,
  checked: CheckedUser,
): TicketContent {
  const { record } = editor;
  let user = checked;
  const { checkpoint } = planOf(record);
  const stamp = (): TicketStamp => ({
    run: record.run,
    at: user.takenOver?.at ?? user.checkedAt,
    checkpoint,
  });
  const mark = stampMark(record.run);
  return {
    confirm: async () => {
      const again = await recheckUser(deps, record, user);
      user = again ?? user;
      return again !== null;
    },
    user: () => user,
    newIssue: async () => ({
      summary: ticketSummary(user),
      description: ticketDescription(user, stamp(), planOf(record).allowed),
    }),
    keep: (issue) => {
      const details = forgetComplianceComment(editor.row.details);
      const after = {
        state: 'open',
        closedBy: null,
        closedSeenRun: null,
        lastRun: record.run,
        details,
      } as const;
      return editor.comment(issue, { body: stillOpenComment(user, stamp()), mark }, after);
    },
    reopeningComment: (closedBy) => ({
      body: withOwnText(
        planOf(record).tickets.reopen.comment,
        user,
        reopeningComment(user, stamp(), closedBy),
      ),
      mark,
    }),
  };
}
