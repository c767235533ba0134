import { evolve } from '../demo/evolve.ts';
import { isObject, objectBody } from '../http.ts';
import type { NewApp } from '../okta/app-records.ts';
import type { NewGroup, NewUser, UserPatch, UserRecord } from '../okta/model.ts';
import type { OktaOrg } from '../okta/org.ts';
import type { NewLogEvent } from '../okta/system-log.ts';
import type { EmulatorState } from '../start.ts';
import type { Answer, EmulatedRequest, Route } from '../types.ts';
import { signInControls } from './sign-ins.ts';
import { userState } from './state.ts';

const operation = 'control';

/** Controls with which tests and the demo change the Okta organisation without its API. */
export function oktaControls({ okta }: EmulatorState): Route[] {
  let week = 0;
  const withUser =
    (act: (user: UserRecord, request: EmulatedRequest) => Answer) => (request: EmulatedRequest) => {
      const user = okta.user(request.params.id ?? '');
      return user
        ? act(user, request)
        : { status: 404, body: { error: `no user ${request.params.id}` } };
    };
  return [
    {
      method: 'POST',
      path: '/okta/users',
      operation,
      handle: (request) => {
        const { users, replace } = objectBody(request);
        if (!Array.isArray(users)) return { status: 400, body: { error: 'users must be a list' } };
        if (replace === true) okta.clearUsers();
        const added = (users as NewUser[]).map((user) => okta.addUser(user));
        return {
          status: 200,
          body: { users: added.map(({ id, profile }) => ({ id, login: profile.login })) },
        };
      },
    },
    {
      method: 'PATCH',
      path: '/okta/users/:id',
      operation,
      handle: withUser((user, request) => {
        okta.patchUser(user, objectBody(request) as UserPatch);
        return { status: 200, body: userState(okta, user) };
      }),
    },
    {
      method: 'DELETE',
      path: '/okta/users/:id',
      operation,
      handle: withUser((user) => {
        okta.removeUser(user);
        return { status: 204 };
      }),
    },
    groupControl(okta),
    appControl(okta),
    {
      method: 'POST',
      path: '/okta/settings',
      operation,
      handle: (request) => {
        const changes = isObject(request.body) ? request.body : {};
        Object.assign(okta.settings, changes);
        return { status: 200, body: { ...okta.settings, token: undefined } };
      },
    },
    logControl(okta),
    ...signInControls(okta.signIns),
    {
      method: 'POST',
      path: '/evolve',
      operation,
      handle: () => {
        week += 1;
        return { status: 200, body: evolve(okta, week) };
      },
    },
  ];
}

/** Adds groups. */
const groupControl = (okta: OktaOrg): Route => ({
  method: 'POST',
  path: '/okta/groups',
  operation,
  handle: (request) => {
    const { groups } = objectBody(request);
    if (!Array.isArray(groups)) return { status: 400, body: { error: 'groups must be a list' } };
    const added = (groups as NewGroup[]).map((group) => okta.addGroup(group));
    return { status: 200, body: { groups: added.map(({ id, name }) => ({ id, name })) } };
  },
});

/** Adds applications. */
const appControl = (okta: OktaOrg): Route => ({
  method: 'POST',
  path: '/okta/apps',
  operation,
  handle: (request) => {
    const { apps } = objectBody(request);
    if (!Array.isArray(apps)) return { status: 400, body: { error: 'apps must be a list' } };
    const added = (apps as NewApp[]).map((app) => okta.apps.add(app));
    return { status: 200, body: { apps: added.map(({ id, label }) => ({ id, label })) } };
  },
});

/** Adds entries to the System Log; `raw` is stored as the whole entry, even if it is malformed. */
const logControl = ({ log }: OktaOrg): Route => ({
  method: 'POST',
  path: '/okta/log',
  operation,
  handle: (request) => {
    const { events } = objectBody(request);
    if (!Array.isArray(events)) return { status: 400, body: { error: 'events must be a list' } };
    const added = (events as NewLogEvent[]).map((event) => log.add(event));
    return {
      status: 200,
      body: { events: added.map(({ uuid, published }) => ({ uuid, published })) },
    };
  },
});
