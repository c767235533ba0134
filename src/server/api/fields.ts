/** Fields of requests that several routes accept. */
import { z } from 'zod';
import { Problem } from '../problem.ts';

const ITEMS = 'a whole number from 1 to 500';

/** The maximum number of items of a page. */
export const limit = (usual: number) =>
  z
    .string()
    .regex(/^\d{1,3}$/, { error: ITEMS })
    .prefault(String(usual))
    .transform(Number)
    .pipe(z.number().min(1).max(500))
    .describe('Maximum number of items: 1 to 500');

/** The item after which the page starts. */
export const after = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .describe('The page after this item: `next` of the previous page');

/** `true` or `false`. */
export const yesOrNo = (description: string) =>
  z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .describe(description);

/** Several words, separated by commas. */
export const wordList = <Word extends string>(words: readonly Word[], about: string) =>
  z
    .string()
    .max(500)
    .transform((value) => value.split(','))
    .pipe(z.array(z.enum(words)))
    .optional()
    .describe(`${about}, separated by commas: ${words.join(', ')}`);

/** A time as ISO 8601. */
export const time = (description: string) =>
  z.iso.datetime({ offset: true }).optional().meta({ description, format: 'date-time' });

/** A text of at most 200 characters. */
export const someText = (description: string) =>
  z.string().min(1).max(200).optional().describe(description);

/** The refusal of a query parameter whose value does not exist. */
export const unknownValue = (path: string, message: string, remedy: string): Problem =>
  new Problem(400, 'malformed', { message, remedy, path });
