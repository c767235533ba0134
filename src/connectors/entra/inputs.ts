import { z } from 'zod';
import { ACCOUNT_NAME, ENTRA_ID } from '../../governance/account-ids.ts';

const objectId = z.string().regex(ENTRA_ID);

export const readInput = z.strictObject({
  user: z.union([objectId, z.string().regex(ACCOUNT_NAME)]),
});
export const userInput = z.strictObject({ userId: objectId });
export const membershipInput = z.strictObject({ groupId: objectId, userId: objectId });

/** True for an object id, false for a user principal name. */
export const isObjectId = (text: string): boolean => ENTRA_ID.test(text);

/** Whether two object ids are equal, regardless of case. */
export const sameId = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();
