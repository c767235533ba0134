import type { ApprovalMode, Risk } from './types.ts';
import { RISKS } from './types.ts';

const MODES = ['none', 'auto', 'hitl'] as const satisfies readonly ApprovalMode[];

/** Whether a value is one of the four risk levels, in capitals. */
export const isRisk = (value: unknown): value is Risk => RISKS.includes(value as Risk);

/** Whether a value is `none`, `auto` or `hitl`. */
export const isApprovalMode = (value: unknown): value is ApprovalMode =>
  MODES.includes(value as ApprovalMode);

/** Whether `risk` is higher than `ceiling`. */
export const exceeds = (risk: Risk, ceiling: Risk): boolean =>
  RISKS.indexOf(risk) > RISKS.indexOf(ceiling);

/**
 * All levels from `base` up to `by` levels higher, at most CRITICAL. The last one is the effective
 * risk.
 */
export const levelsFrom = (base: Risk, by: number): Risk[] => {
  const from = RISKS.indexOf(base);
  return RISKS.slice(from, Math.min(from + by, RISKS.length - 1) + 1);
};

/** Whether a level always requires approval by a person. */
export const needsPerson = (risk: Risk): boolean => exceeds(risk, 'MEDIUM');

/** The stricter of two modes: hitl > auto > none. */
export const stricter = (a: ApprovalMode, b: ApprovalMode): ApprovalMode =>
  MODES.indexOf(a) >= MODES.indexOf(b) ? a : b;
