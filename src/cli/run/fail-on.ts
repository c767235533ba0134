import { InvalidArgumentError } from 'commander';
import type { RunSummary } from '../../mfa/document.ts';
import type { Verdict } from '../../mfa/types.ts';
import { VERDICT_ORDER } from '../kit/words.ts';

/** What `--fail-on` may name: verdicts, and tickets that could not be written. */
export type Finding = Verdict | 'tickets';

const FINDINGS: readonly Finding[] = [...VERDICT_ORDER, 'tickets'];
const isFinding = (name: string): name is Finding => FINDINGS.some((finding) => finding === name);

/** Parser of `--fail-on none,weak_only`. */
export function findingList(value: string): Finding[] {
  const names = value.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !isFinding(name));
  if (wrong !== undefined)
    throw new InvalidArgumentError(
      `'${wrong}' is not a verdict. Use one or more of ${FINDINGS.join(', ')}.`,
    );
  return names.filter(isFinding);
}

/** Whether the run has one of the findings. */
export const hasFinding = (
  { counts, tickets }: Pick<RunSummary, 'counts' | 'tickets'>,
  findings: readonly Finding[],
): boolean =>
  findings.some((finding) =>
    finding === 'tickets' ? tickets.failedCount > 0 : counts[finding] > 0,
  );
