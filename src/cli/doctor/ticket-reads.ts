/** What the checks of tickets read: issues, and the configured values that are the same for all. */

import type { JiraIssue, JiraOperations } from '../../connectors/types.ts';
import { addressesIn } from '../../mfa/screen-fields.ts';
import type { Accounts, FieldValues, ScreenField } from '../../mfa/screen-fields.ts';
import { isTemplate } from '../../mfa/ticket-form.ts';
import type { VendorCheckContext } from './vendors.ts';

type Read = JiraOperations['issues:read'];
/** Makes one call of `issues:read`. */
type ReadIssues = (input: Read['input']) => Promise<Read['output']>;

/** Reads issues and metadata of Jira; `subject` is the subject in the audit trail. */
export const readIssues =
  ({ connectors, callContext }: VendorCheckContext, subject: string): ReadIssues =>
  async (input) =>
    (await connectors.jira('issues:read', input, callContext<Read['output']>(subject))).output;

/** The newest issue that matches a query; null if there is none. */
export async function newestIssue(read: ReadIssues, jql: string): Promise<JiraIssue | null> {
  const { issues } = await read({ by: 'jql', jql: `${jql} ORDER BY created DESC`, limit: 1 });
  return issues[0] ?? null;
}

/** The values that do not depend on the user. */
export const staticValues = (values: FieldValues): FieldValues =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => !isTemplate(value)));

/** Looks up the accounts of the configured addresses. An unknown address is null. */
export async function accountsOf(
  { connectors, callContext }: VendorCheckContext,
  screen: readonly ScreenField[],
  values: FieldValues,
): Promise<Accounts> {
  const accounts = new Map<string, string | null>();
  for (const email of addressesIn(screen, staticValues(values))) {
    const found = await connectors
      .jira('users:lookup', { email }, callContext<{ accountId: string }>('users'))
      .then(({ output }) => output.accountId)
      .catch((error: unknown) => {
        if ((error as { code?: unknown }).code === 'not_found') return null;
        throw error;
      });
    accounts.set(email, found);
  }
  return accounts;
}
