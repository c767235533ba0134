import type { NewEntraAccount, NewEntraGroup } from '../entra/model.ts';
import type { NewGoogleAccount } from '../google/model.ts';
import { objectBody } from '../http.ts';
import type { NewSalesforceAccount } from '../salesforce/model.ts';
import type { EmulatorState } from '../start.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { entraGroupState } from './state.ts';

const operation = 'control';

/** The parts of an account vendor that its controls use. */
interface AccountVendor {
  settings: object;
  users: { find(key: string): { id: string } | null };
  tokens: { expire(): void };
  clearUsers(): void;
}

/**
 * Controls with which tests and the demo change Entra ID, Google Workspace and Salesforce without
 * their APIs.
 */
export function accountControls({ entra, google, salesforce }: EmulatorState): Route[] {
  return [
    ...controlsOf('/entra', entra, (user) => entra.addUser(user as unknown as NewEntraAccount)),
    ...controlsOf('/google', google, (user) => google.addUser(user as unknown as NewGoogleAccount)),
    ...controlsOf('/salesforce', salesforce, (user) =>
      salesforce.addUser(user as unknown as NewSalesforceAccount),
    ),
    ...groupControls(entra),
  ];
}

function controlsOf(
  base: string,
  vendor: AccountVendor,
  add: (user: Json) => { id: string },
): Route[] {
  return [
    {
      method: 'POST',
      path: `${base}/users`,
      operation,
      handle: (request) => {
        const { users, replace } = objectBody(request);
        if (!Array.isArray(users)) return { status: 400, body: { error: 'users must be a list' } };
        if (replace === true) vendor.clearUsers();
        return { status: 200, body: { users: (users as Json[]).map(add) } };
      },
    },
    {
      method: 'PATCH',
      path: `${base}/users/:id`,
      operation,
      handle: (request) => {
        const user = vendor.users.find(request.params.id ?? '');
        if (!user) return { status: 404, body: { error: `no user ${request.params.id}` } };
        return { status: 200, body: Object.assign(user, objectBody(request)) };
      },
    },
    {
      method: 'POST',
      path: `${base}/settings`,
      operation,
      handle: (request) => changeSettings(vendor, request),
    },
  ];
}

/** `expireTokens` makes issued tokens expire; all other fields are settings. */
function changeSettings({ settings, tokens }: AccountVendor, request: EmulatedRequest): Answer {
  const { expireTokens, ...changes } = objectBody(request);
  if (expireTokens === true) tokens.expire();
  Object.assign(settings, changes);
  return { status: 200, body: { ...settings, clientSecret: undefined } };
}

function groupControls(entra: EmulatorState['entra']): Route[] {
  return [
    {
      method: 'POST',
      path: '/entra/groups',
      operation,
      handle: (request) => {
        const { groups } = objectBody(request);
        if (!Array.isArray(groups))
          return { status: 400, body: { error: 'groups must be a list' } };
        const added = (groups as NewEntraGroup[]).map((group) => entra.addGroup(group));
        return {
          status: 200,
          body: { groups: added.map((group) => entraGroupState(entra, group)) },
        };
      },
    },
    {
      method: 'PATCH',
      path: '/entra/groups/:id',
      operation,
      handle: (request) => {
        const group = entra.groups.find(request.params.id ?? '');
        if (!group) return { status: 404, body: { error: `no group ${request.params.id}` } };
        const { add = [], remove = [] } = objectBody(request) as {
          add?: string[];
          remove?: string[];
        };
        for (const id of add) group.members.set(id, { present: true, changedAt: 0 });
        for (const id of remove) group.members.delete(id);
        return { status: 200, body: entraGroupState(entra, group) };
      },
    },
  ];
}
