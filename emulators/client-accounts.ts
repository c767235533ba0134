import type { StateEntraGroup } from './control/protocol.ts';
import type { EntraAccount, EntraSettings, NewEntraAccount, NewEntraGroup } from './entra/model.ts';
import type { GoogleAccount, GoogleSettings, NewGoogleAccount } from './google/model.ts';
import type {
  NewSalesforceAccount,
  SalesforceAccount,
  SalesforceSettings,
} from './salesforce/model.ts';

/** Functions that every account vendor has. */
interface AccountControl<Account, New, Settings> {
  addUsers(users: readonly New[], options?: { replace?: boolean }): Promise<Account[]>;
  /** By id, or by another name that the vendor accepts. */
  patchUser(id: string, patch: Partial<Account>): Promise<Account>;
  /** `expireTokens`: all tokens issued so far become invalid. */
  settings(changes: Partial<Settings> & { expireTokens?: boolean }): Promise<void>;
}

/** Typed functions of the control server for Entra ID, Google Workspace and Salesforce. */
export interface AccountControls {
  entra: AccountControl<EntraAccount, NewEntraAccount, EntraSettings> & {
    addGroups(groups: readonly NewEntraGroup[]): Promise<StateEntraGroup[]>;
    /** Changes members (ids) immediately, without the replication delay. */
    patchGroup(
      id: string,
      change: { add?: readonly string[]; remove?: readonly string[] },
    ): Promise<StateEntraGroup>;
  };
  google: AccountControl<GoogleAccount, NewGoogleAccount, GoogleSettings>;
  salesforce: AccountControl<SalesforceAccount, NewSalesforceAccount, SalesforceSettings>;
}

type Call = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

/** The functions, given a function that calls the control server. */
export function accountControls(call: Call): AccountControls {
  return {
    entra: {
      ...controlOf<EntraAccount, NewEntraAccount, EntraSettings>(call, '/entra'),
      addGroups: async (groups) =>
        (await call('POST', '/entra/groups', { groups })).groups as StateEntraGroup[],
      patchGroup: async (id, change) =>
        (await call(
          'PATCH',
          `/entra/groups/${encodeURIComponent(id)}`,
          change,
        )) as unknown as StateEntraGroup,
    },
    google: controlOf(call, '/google'),
    salesforce: controlOf(call, '/salesforce'),
  };
}

function controlOf<Account, New, Settings>(
  call: Call,
  base: string,
): AccountControl<Account, New, Settings> {
  return {
    addUsers: async (users, options) =>
      (await call('POST', `${base}/users`, { users, ...options })).users as Account[],
    patchUser: async (id, patch) =>
      (await call('PATCH', `${base}/users/${encodeURIComponent(id)}`, patch)) as unknown as Account,
    settings: async (changes) => void (await call('POST', `${base}/settings`, changes)),
  };
}
