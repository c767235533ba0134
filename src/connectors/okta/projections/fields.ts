import { z } from 'zod';

// Answers are parsed tolerantly: named fields, nulls as Okta sends them, everything else passed
// over. Only what cannot be done without is required.

/** Text that may be absent or null. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
export const number = z
  .number()
  .nullish()
  .transform((value) => value ?? null);
export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? null);
/** Characters of an id that is only shown, at most. */
export const LONGEST_LABEL = 200;

/** An id that is only shown or compared: Okta has kinds that are not twenty characters long. */
export const label = z.string().min(1).max(LONGEST_LABEL);
