import type { FlowRunRecord, FlowStepRecord } from '../../store/flow-types.ts';
import { plain } from '../kit/text.ts';

/**
 * What there is to tell of a run that is under way, one line a fact; the same fact is always the
 * same line.
 */
export function progressOf(record: FlowRunRecord): string[] {
  const { steps, issue, parent, outcome } = record;
  const whose =
    parent !== null && issue.entity.kind === 'account'
      ? `${plain(issue.entity.account.product)}: `
      : '';
  const ended = parent !== null && outcome !== null ? [`${whose}${outcome}`] : [];
  return [...steps.flatMap((step) => stepLines(step, whose)), ...ended];
}

function stepLines(step: FlowStepRecord, whose: string): string[] {
  const { operation, state, decision } = step;
  if (decision === null) return [];
  const risk = typeof decision['risk'] === 'string' ? ` at risk ${decision['risk']}` : '';
  const lines = [
    `${whose}planned: ${operation}${risk}, ${EFFECTS[String(decision['effect'])] ?? 'decided'}`,
  ];
  if (state === 'done')
    lines.push(
      `${whose}done: ${operation}${step.verified === true ? '' : ', looking whether it holds'}`,
    );
  if (step.verified === true) lines.push(`${whose}read back: it is so`);
  return lines;
}

/** What the policies said, for people. */
const EFFECTS: Readonly<Record<string, string>> = {
  allow: 'allowed by policy',
  auto: 'allowed by policy',
  approval: 'needs approval',
  deny: 'denied by policy',
};
