import { AccountTable } from '../accounts.ts';
import { fakeToken, salesforceId, withCheck } from '../ids.ts';
import { TokenStore } from '../tokens.ts';
import type { NewSalesforceAccount, SalesforceAccount, SalesforceSettings } from './model.ts';

/** The state of one emulated Salesforce organisation. */
export class SalesforceOrg {
  readonly settings: SalesforceSettings;
  readonly seed: number;
  readonly orgId: string;
  readonly users = new AccountTable<SalesforceAccount>(({ username }) => [username]);
  readonly tokens = new TokenStore<null>();
  #made = 0;

  constructor(settings: SalesforceSettings, seed: number) {
    this.settings = settings;
    this.seed = seed;
    this.orgId = withCheck(fakeToken('00D', seed + 3, 12));
  }

  addUser(wanted: NewSalesforceAccount): SalesforceAccount {
    const id = salesforceId(this.#made, this.seed);
    this.#made += 1;
    return this.users.add({
      id,
      email: wanted.username,
      federationId: null,
      name: wanted.username.split('@')[0] ?? id,
      active: true,
      mobilePhone: null,
      frozen: false,
      locked: false,
      needed: null,
      ...wanted,
    });
  }

  /** A user by id of 15 or 18 characters; null if there is none. */
  byId(id: string): SalesforceAccount | null {
    const whole = id.length === 15 ? withCheck(id) : id;
    return this.users.all.find((user) => user.id === whole) ?? null;
  }

  clearUsers(): void {
    this.users.clear();
  }
}

/** Whether a text has the format of a record id. */
export const isRecordId = (id: string): boolean => /^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$/.test(id);
