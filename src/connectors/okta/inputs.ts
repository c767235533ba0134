import { z } from 'zod';

/** An Okta object id. Logins and `me` are no ids here, and dots or slashes would name another path. */
export const oktaId = z.string().regex(/^[A-Za-z0-9]{20}$/);

/** Okta's user statuses. (Okta Management API 2026.06.3, UserStatus) */
export const USER_STATUSES = [
  'ACTIVE',
  'DEPROVISIONED',
  'LOCKED_OUT',
  'PASSWORD_EXPIRED',
  'PROVISIONED',
  'RECOVERY',
  'STAGED',
  'SUSPENDED',
] as const;

// Opaque: whatever stood in a next link. It goes into the query, encoded, and nowhere else.
const cursor = z
  .string()
  .regex(/^\P{Cc}{1,2000}$/u)
  .nullish();

const paging = { after: cursor, limit: z.int().min(1).max(200).optional() };

export const listUsersInput = z.strictObject({ statuses: z.array(z.enum(USER_STATUSES)).min(1), ...paging });
export const userInput = z.strictObject({ userId: oktaId });
export const groupInput = z.strictObject({ groupId: oktaId });
export const membersInput = z.strictObject({ groupId: oktaId, ...paging });
export const listGroupsInput = z.strictObject({
  name: z
    .string()
    .regex(/^\P{Cc}{1,255}$/u)
    .optional(),
  ...paging,
});

/** `status eq "ACTIVE" or status eq "…"`. */
export const statusFilter = (statuses: readonly string[]): string =>
  statuses.map((status) => `status eq ${quoted(status)}`).join(' or ');

/** `profile.name eq "…"`. */
export const nameSearch = (name: string): string => `profile.name eq ${quoted(name)}`;

const quoted = (text: string): string => `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
