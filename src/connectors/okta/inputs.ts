import { z } from 'zod';

/**
 * An Okta object id. Logins and `me` are refused, and so are dots and slashes, which would change
 * the path.
 */
export const oktaId = z
  .string()
  .regex(/^[A-Za-z0-9]{20}$/, 'must be an Okta id (20 letters and digits)');

// Opaque text from a next link. It is used only in the query, encoded.
const cursor = z
  .string()
  .regex(/^\P{Cc}{1,2000}$/u)
  .nullish();

/** `after` and `limit` of a listing with pages of at most `max` items. */
export const cursorFields = <const Max extends number>(max: Max) => ({
  after: cursor,
  limit: z.int().min(1).max(max).optional(),
});

/** The same for a listing whose unreadable rows may be skipped. */
export const pageFields = <const Max extends number>(max: Max) => ({
  ...cursorFields(max),
  skipUnreadable: z.boolean().optional(),
});

/** An expression or search word from the caller. It is used only in the query, encoded. */
export const expression = z.string().regex(/^\P{Cc}{1,2000}$/u);

/** A valid group name. */
export const groupName = z.string().regex(/^\P{Cc}{1,255}$/u);

export const noInput = z.strictObject({});
export const userInput = z.strictObject({ userId: oktaId });
export const groupInput = z.strictObject({ groupId: oktaId });

/** True if at most one of the named fields is given. */
export const atMostOne =
  (...names: readonly string[]) =>
  (input: object): boolean =>
    names.filter((name) => (input as Record<string, unknown>)[name] !== undefined).length <= 1;

/** Text in Okta's quotes, for expressions. */
export const quote = (text: string): string => `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
