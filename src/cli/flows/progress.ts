import type { FlowRunRecord, FlowStepRecord } from '../../store/flow-types.ts';
import { plain } from '../kit/text.ts';

/** The progress of a run, one line per fact; the same fact always gives the same line. */
export function progressLines(record: FlowRunRecord): string[] {
  const { steps, issue, parent, outcome } = record;
  const prefix =
    parent !== null && issue.entity.kind === 'account'
      ? `${plain(issue.entity.account.product)}: `
      : '';
  const ended = parent !== null && outcome !== null ? [`${prefix}${outcome}`] : [];
  return [...steps.flatMap((step) => stepLines(step, prefix)), ...ended];
}

function stepLines(step: FlowStepRecord, prefix: string): string[] {
  const { operation, state, decision } = step;
  if (decision === null) return [];
  const risk = typeof decision['risk'] === 'string' ? ` at risk ${decision['risk']}` : '';
  const lines = [
    `${prefix}planned: ${operation}${risk}, ${EFFECTS[String(decision['effect'])] ?? 'decided'}`,
  ];
  if (state === 'done')
    lines.push(
      `${prefix}done: ${operation}${step.verified === true ? '' : ', verifying the effect'}`,
    );
  if (step.verified === true) lines.push(`${prefix}verified: ${operation}`);
  return lines;
}

/** The policy decision, as shown to the user. */
const EFFECTS: Readonly<Record<string, string>> = {
  allow: 'allowed by policy',
  auto: 'allowed by policy',
  approval: 'needs approval',
  deny: 'denied by policy',
};
