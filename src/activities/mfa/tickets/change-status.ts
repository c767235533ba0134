import { ConnectorError } from '../../../connectors/errors.ts';
import type { JiraIssue, JiraTransition } from '../../../connectors/types.ts';
import { addressesIn } from '../../../mfa/screen-fields.ts';
import type { FieldValues } from '../../../mfa/screen-fields.ts';
import type { TransitionChoice, Way } from '../../../mfa/transitions.ts';
import type { TextBlock } from '../../../mfa/types.ts';
import { lookUpAccounts } from './create-screen.ts';
import type { StatusChange, TicketEditor } from './ticket-editor.ts';

/** More steps than any sensible workflow needs. */
const MOST_STEPS = 6;

/** Which transitions lead to a status, and whether an issue has reached it. */
export interface TransitionGoal {
  choose: (offered: readonly JiraTransition[], way: Way) => TransitionChoice<JiraTransition>;
  isReached: (issue: JiraIssue) => boolean;
  /** Whether a lasting refusal is a result, not an error. */
  isRefusable?: boolean;
  /** For a transition whose screen requires a comment. */
  comment: readonly TextBlock[];
  /** Further fields for the screens of the transitions. */
  values: FieldValues;
}

/**
 * How a status change ended. `already`: a person, or an earlier attempt of the activity, has changed it
 * meanwhile; `impossible`: the workflow offers no way; `refused`: Jira offers a way and refuses it;
 * `unclear`: a person must choose the way.
 */
export type StatusChangeResult =
  'changed' | 'already' | 'impossible' | 'refused' | { unclear: string };

/**
 * Changes the status of an issue, in several steps if one is not enough. Throws what must be tried
 * again, and refusals unless the goal takes them as a result.
 */
export async function changeStatus(
  editor: TicketEditor,
  issue: JiraIssue,
  goal: TransitionGoal,
  change: StatusChange,
): Promise<StatusChangeResult> {
  const isReachedNow = async (): Promise<boolean> => {
    const now = await editor.readIssue(issue.key, false);
    return now !== null && goal.isReached(now);
  };
  const visited = new Set([issue.status]);
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const offered = await editor.readTransitions(issue.key);
    const addresses = offered.flatMap(({ fields }) => addressesIn(fields, goal.values));
    const accounts = await lookUpAccounts(editor, addresses);
    const choice = goal.choose(offered, { visited, filling: { values: goal.values, accounts } });
    if (choice.kind !== 'take') {
      if (await isReachedNow()) return 'already';
      return choice.kind === 'none' ? 'impossible' : { unclear: choice.why };
    }
    const { transition, resolution, needsComment, isLast } = choice;
    const fields = Object.keys(choice.fields).length === 0 ? undefined : choice.fields;
    const comment = needsComment ? goal.comment : null;
    const taken = { transition, resolution, fields, comment };
    try {
      await editor.transition(
        issue,
        taken,
        isLast ? change : { ...change, kind: 'ticket.updated', patch: {} },
      );
    } catch (error) {
      if (!isLastingRefusal(error)) throw error;
      if (await isReachedNow()) return 'already';
      if (goal.isRefusable) return 'refused';
      throw error;
    }
    if (isLast) return 'changed';
    visited.add(transition.toStatus);
  }
  return {
    unclear: `the issue is not closed after ${MOST_STEPS} transitions. Set tickets.close.transition.`,
  };
}

const isLastingRefusal = (error: unknown): boolean =>
  error instanceof ConnectorError && !error.retryable && error.code !== 'cancelled';
