import type { TextBlock } from '../connectors/types.ts';
import type { ClassifiedFactor, Verdict } from './types.ts';

/** What a ticket says of one person; the login is the only personal datum in it. */
export interface TicketSubject {
  login: string;
  department: string | null;
  verdict: Verdict;
  reason: string;
  factors: readonly ClassifiedFactor[];
}

export interface TicketStamp {
  run: string;
  /**
   * A signed note over the audit trail; a copy of it outside the store shows later what was cut or
   * rewritten.
   */
  checkpoint?: string | null;
  /** ISO 8601 time at which the factors were read. */
  at: string;
}

const HEADLINES: Record<Verdict, string> = {
  none: 'no MFA factor',
  weak_only: 'only weak MFA factors',
  pending_only: 'MFA enrolment not finished',
  compliant: 'MFA in place',
  exempt: 'exempt from MFA',
  in_grace: 'within the grace period',
  unknown: 'MFA not known',
  vanished: 'no longer there',
};

const WHAT_TO_DO: Partial<Record<Verdict, string>> = {
  none: 'Ask the person to enrol an allowed factor (Okta Verify with FastPass, or a security key) at their next sign-in.',
  weak_only:
    'Ask the person to enrol an allowed factor beside the weak ones: Okta Verify with FastPass, or a security key.',
  pending_only: 'Ask the person to finish the enrolment that was begun, or to begin it again.',
};

export function ticketSummary(subject: TicketSubject): string {
  return `MFA: ${oneLine(subject.login)} has ${HEADLINES[subject.verdict]}`.slice(0, 250);
}

export function ticketDescription(
  subject: TicketSubject,
  stamp: TicketStamp,
  allowed: readonly string[],
): TextBlock[] {
  const about =
    subject.department === null ? subject.login : `${subject.login} (${subject.department})`;
  return [
    {
      type: 'paragraph',
      text: `${oneLine(about)} has ${HEADLINES[subject.verdict]}: ${subject.reason}.`,
    },
    { type: 'list', items: factorLines(subject.factors) },
    { type: 'paragraph', text: WHAT_TO_DO[subject.verdict] ?? '' },
    { type: 'paragraph', text: `Allowed factors: ${allowed.join(', ')}.` },
    {
      type: 'paragraph',
      text: `Read from Okta right before this ticket was opened. ${stampLine(stamp)}`,
    },
    {
      type: 'paragraph',
      text: 'This ticket is kept by arx: it is updated by later runs, and closed when a complete run finds the person compliant.',
    },
    ...checkpointBlocks(stamp),
  ];
}

/** Comment of a later run that finds the person still not compliant. */
export function stillOpenComment(subject: TicketSubject, stamp: TicketStamp): TextBlock[] {
  return [
    { type: 'paragraph', text: `Still ${HEADLINES[subject.verdict]}: ${subject.reason}.` },
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
    closedBy === 'arx' ? 'It was closed when the person was compliant' : 'It was closed by hand';
  return [
    {
      type: 'paragraph',
      text: `Reopened: ${HEADLINES[subject.verdict]}: ${subject.reason}. ${history}.`,
    },
    { type: 'list', items: factorLines(subject.factors) },
    { type: 'paragraph', text: stampLine(stamp) },
  ];
}

export function compliantComment(reason: string, stamp: TicketStamp): TextBlock[] {
  return [
    { type: 'paragraph', text: `The person is compliant now: ${reason}.` },
    { type: 'paragraph', text: stampLine(stamp) },
  ];
}

/** The last line of everything that arx writes to a ticket. */
export function stampLine({ run, at }: TicketStamp): string {
  return `${stampMark(run)} ${at}`;
}

/** The words by which a run knows its own comment again. */
export function stampMark(run: string): string {
  return `arx run ${run},`;
}

/** The signed note over the trail, line by line. */
export function checkpointBlocks({ checkpoint }: TicketStamp): TextBlock[] {
  if (checkpoint === null || checkpoint === undefined) return [];
  const items = checkpoint.split('\n').filter((line) => line !== '');
  return [
    { type: 'paragraph', text: 'Checkpoint of the audit trail when the run began:' },
    { type: 'list', items },
  ];
}

function factorLines(factors: readonly ClassifiedFactor[]): string[] {
  if (factors.length === 0) return ['no factor is enrolled'];
  return factors.map(({ type, provider, status, class: strength }) => {
    return oneLine(
      `${type} (${provider ?? 'no provider'}): ${status ?? 'no status'}, ${strength.replaceAll('_', ' ')}`,
    );
  });
}

function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- taking control characters out is the point
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, 300);
}
