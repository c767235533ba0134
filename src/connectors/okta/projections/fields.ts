import { z } from 'zod';

// Responses are parsed leniently: only named fields are read, nulls are accepted, and only
// indispensable fields are required.

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
/** Maximum length of an id that is only shown. */
export const LONGEST_LABEL = 200;

/** An id that is only shown or compared; some of Okta's ids do not have twenty characters. */
export const label = z.string().min(1).max(LONGEST_LABEL);
