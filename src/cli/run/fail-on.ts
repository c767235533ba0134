import { InvalidArgumentError } from 'commander';
import type { Verdict, VerdictCounts } from '../../mfa/types.ts';
import { VERDICT_ORDER } from '../kit/words.ts';

/** Parser of `--fail-on none,weak_only`. */
export function verdictList(value: string): Verdict[] {
  const names = value.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !VERDICT_ORDER.includes(name as Verdict));
  if (wrong !== undefined)
    throw new InvalidArgumentError(
      `'${wrong}' is not a verdict. Use one or more of ${VERDICT_ORDER.join(', ')}.`,
    );
  return names as Verdict[];
}

/** Whether any user has one of the verdicts. */
export const hasVerdict = (counts: VerdictCounts, verdicts: readonly Verdict[]): boolean =>
  verdicts.some((verdict) => counts[verdict] > 0);
