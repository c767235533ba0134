/** Texts of the ticket for one user: summary, description and comments. */

import { cutText } from './cut-text.ts';
import { fillTemplate } from './ticket-form.ts';
import type { TemplateUser } from './ticket-form.ts';
import type { ClassifiedFactor, TextBlock, Verdict } from './types.ts';

/** The content of one user's ticket. The login is the only personal data in it. */
interface TicketSubject {
  login: string;
  department: string | null;
  verdict: Verdict;
  reason: string;
  factors: readonly ClassifiedFactor[];
}

export interface TicketStamp {
  run: string;
  /**
   * A signed note over the audit trail. A copy outside the store reveals later whether the trail
   * was cut or rewritten.
   */
  checkpoint?: string | null;
  /** ISO 8601 time at which the factors were read. */
  at: string;
}

/** Completes "The user …". */
const FINDINGS: Record<Verdict, string> = {
  none: 'has no MFA factor',
  weak_only: 'has only weak MFA factors',
  pending_only: 'has not finished MFA enrolment',
  compliant: 'is covered by MFA',
  exempt: 'is exempt from MFA',
  in_grace: 'is within the grace period',
  unknown: 'has an unknown MFA status',
  vanished: 'no longer exists',
};

const REMEDIES: Partial<Record<Verdict, string>> = {
  none: 'Ask the user to enrol an allowed factor at the next sign-in: Okta Verify with FastPass, or a security key.',
  weak_only:
    'Ask the user to enrol an allowed factor in addition to the weak ones: Okta Verify with FastPass, or a security key.',
  pending_only: 'Ask the user to finish the enrolment, or to start it again.',
};

export function ticketSummary(subject: TicketSubject): string {
  return cutText(`MFA: ${oneLine(subject.login)} ${FINDINGS[subject.verdict]}`, 250);
}

export function ticketDescription(
  subject: TicketSubject,
  stamp: TicketStamp,
  allowed: readonly string[],
): TextBlock[] {
  const user =
    subject.department === null ? subject.login : `${subject.login} (${subject.department})`;
  return [
    {
      type: 'paragraph',
      text: `${oneLine(user)} ${findingText(subject)}`,
    },
    { type: 'list', items: factorLines(subject.factors) },
    { type: 'paragraph', text: REMEDIES[subject.verdict] ?? '' },
    { type: 'paragraph', text: `Allowed factors: ${allowed.join(', ')}.` },
    {
      type: 'paragraph',
      text: `These facts were read from Okta right before the ticket was opened. ${stampLine(stamp)}`,
    },
    {
      type: 'paragraph',
      text: 'arx manages this ticket: later runs update it, and a complete run closes it when the user is compliant.',
    },
    ...checkpointBlocks(stamp),
  ];
}

/** Comment of a later run that finds the person still not compliant. */
export function stillOpenComment(subject: TicketSubject, stamp: TicketStamp): TextBlock[] {
  return [
    { type: 'paragraph', text: `Not resolved yet: the user ${findingText(subject)}` },
    { type: 'list', items: factorLines(subject.factors) },
    { type: 'paragraph', text: stampLine(stamp) },
  ];
}

export function reopeningComment(
  subject: TicketSubject,
  stamp: TicketStamp,
  closedBy: 'arx' | 'person',
): TextBlock[] {
  const history =
    closedBy === 'arx'
      ? 'arx had closed this ticket when the user was compliant.'
      : 'The ticket had been closed by hand.';
  return [
    {
      type: 'paragraph',
      text: `Reopened: the user ${findingText(subject)} ${history}`,
    },
    { type: 'list', items: factorLines(subject.factors) },
    { type: 'paragraph', text: stampLine(stamp) },
  ];
}

export function compliantComment(reason: string, stamp: TicketStamp): TextBlock[] {
  return [
    { type: 'paragraph', text: `The user is compliant now. Evidence: ${reason}.` },
    { type: 'paragraph', text: stampLine(stamp) },
  ];
}

/** A comment that begins with a text of the configuration, filled in for the user. */
export function withOwnText(
  template: string | null,
  user: TemplateUser | null,
  comment: readonly TextBlock[],
): TextBlock[] {
  const own = template === null ? '' : fillTemplate(template, user);
  return own === '' ? [...comment] : [{ type: 'paragraph', text: own }, ...comment];
}

/** Comment on a ticket that repeats an older one. */
export const duplicateComment = (oldest: string): TextBlock[] => [
  { type: 'paragraph', text: `This ticket repeats ${oldest}.` },
];

/** Comment on the ticket of a user who is no longer covered by the check. */
export function departureComment(reason: string, stamp: TicketStamp): TextBlock[] {
  return [
    { type: 'paragraph', text: `This ticket is no longer needed: ${reason}.` },
    { type: 'paragraph', text: stampLine(stamp) },
  ];
}

/** The last line of every text that arx writes to a ticket. */
export function stampLine({ run, at }: TicketStamp): string {
  return `${stampMark(run)} ${at}`;
}

/** The text by which a run recognises its own comment. */
export function stampMark(run: string): string {
  return `arx run ${run},`;
}

/** The signed note over the audit trail, one line per list item. */
export function checkpointBlocks({ checkpoint }: TicketStamp): TextBlock[] {
  if (checkpoint === null || checkpoint === undefined) return [];
  const items = checkpoint.split('\n').filter((line) => line !== '');
  return [
    { type: 'paragraph', text: 'Checkpoint of the audit trail at the start of the run:' },
    { type: 'list', items },
  ];
}

const findingText = ({ verdict, reason }: TicketSubject): string =>
  `${FINDINGS[verdict]}. Evidence: ${reason}.`;

function factorLines(factors: readonly ClassifiedFactor[]): string[] {
  if (factors.length === 0) return ['No factor is enrolled.'];
  return factors.map(({ type, provider, status, class: strength }) => {
    return oneLine(
      `${type} (${provider ?? 'no provider'}): ${status ?? 'no status'}, ${strength.replaceAll('_', ' ')}`,
    );
  });
}

function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- removing control characters is the purpose
  return cutText(text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' '), 300);
}
