import { accessRows } from './rows/access.ts';
import { appRows } from './rows/apps.ts';
import { userListRows } from './rows/user-lists.ts';
import { groupRows } from './rows/groups.ts';
import { lifecycleRows } from './rows/lifecycle.ts';
import { memberRows } from './rows/members.ts';
import { orgRows } from './rows/org.ts';
import { userRows } from './rows/users.ts';
import type { OktaRows } from './rows/shared.ts';
import type { OktaOperationTypes } from './types.ts';

/**
 * Okta's operations, one row each. Each page is a new SDK collection, because the SDK's own paging
 * loses users.
 */
export const oktaOperations = (origin: string): OktaRows<OktaOperationTypes> => ({
  ...userRows(origin),
  ...userListRows(origin),
  ...lifecycleRows,
  ...groupRows(origin),
  ...memberRows(origin),
  ...appRows(origin),
  ...accessRows(origin),
  ...orgRows(origin),
});
