import { z } from 'zod';

/**
 * An Okta object id. Logins and `me` are no ids here, and dots or slashes would name another path.
 */
export const oktaId = z.string().regex(/^[A-Za-z0-9]{20}$/);

// Opaque: whatever stood in a next link. It goes into the query, encoded, and nowhere else.
const cursor = z
  .string()
  .regex(/^\P{Cc}{1,2000}$/u)
  .nullish();

/** `after` and `limit` of a listing whose pages hold at most `max`. */
export const paging = <const Max extends number>(max: Max) => ({
  after: cursor,
  limit: z.int().min(1).max(max).optional(),
});

/** An expression or search word of the caller's: goes into the query, encoded, and nowhere else. */
export const expression = z.string().regex(/^\P{Cc}{1,2000}$/u);

/** A name as Okta takes it for groups. */
export const groupName = z.string().regex(/^\P{Cc}{1,255}$/u);

export const noInput = z.strictObject({});
export const userInput = z.strictObject({ userId: oktaId });
export const groupInput = z.strictObject({ groupId: oktaId });

/** True where at most one of the named fields is given. */
export const atMostOne =
  (...names: readonly string[]) =>
  (input: object): boolean =>
    names.filter((name) => (input as Record<string, unknown>)[name] !== undefined).length <= 1;

/** Text in Okta's quotes, for expressions. */
export const quote = (text: string): string => `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
