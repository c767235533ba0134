/** The input of a governed operation that arx keeps in the store, for one workflow and a short time. */

import type { JsonObject } from '../audit/types.ts';

/** How long after it was made a workflow with a stored input may start, milliseconds. */
export const INPUT_VALID_MS = 10 * 60_000;

/** The workflow for which an input is made, and when; milliseconds since the epoch. */
interface InputBinding {
  workflowId: string;
  madeAt: number;
}

/** Why a stored input is not accepted; codes of `words.ts`. */
export type InputFault = 'input_elsewhere' | 'input_expired';

/** An input that only one workflow may use, soon. */
export const bindInput = (input: JsonObject, { workflowId, madeAt }: InputBinding): JsonObject => ({
  ...input,
  madeFor: { workflowId, madeAt },
});

/**
 * Whether a stored input is for the workflow that uses it; `startedAt` is when that workflow
 * started, milliseconds since the epoch. Null if it is.
 */
export function inputFault(
  { madeFor }: JsonObject,
  { workflowId, startedAt }: { workflowId: string; startedAt: number },
): InputFault | null {
  const binding = typeof madeFor === 'object' ? (madeFor as Partial<InputBinding> | null) : null;
  if (binding?.workflowId !== workflowId) return 'input_elsewhere';
  const isCurrent = startedAt - Number(binding.madeAt) <= INPUT_VALID_MS;
  return isCurrent ? null : 'input_expired';
}
