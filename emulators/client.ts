import { accountControls } from './client-accounts.ts';
import type { AccountControls } from './client-accounts.ts';
import type { LogFilter } from './accept-log.ts';
import type {
  ActiveFault,
  EmulatorStatistics,
  LogEntry,
  StateDocument,
  StateIssue,
  StatePart,
  StateUser,
} from './control/protocol.ts';
import type { Evolution } from './demo/evolve.ts';
import type { JiraSettings, StatusCategory } from './jira/model.ts';
import type { NewApp } from './okta/app-records.ts';
import type { NewGroup, NewUser, OktaSettings, UserPatch } from './okta/model.ts';
import type { DeviceDecision } from './control/sign-ins.ts';
import type { OpenIdSettings } from './okta/openid/model.ts';
import type { NewLogEvent } from './okta/system-log.ts';
import type { NewMember, SlackChannel, SlackSettings } from './slack/workspace.ts';
import type { FaultRule } from './types.ts';

/**
 * Typed functions of the control server. Each throws an Error with method, path and answer if the
 * request is refused.
 */
export interface EmulatorControl extends AccountControls {
  /** What the vendors accepted and refused, oldest first. */
  log(filter?: LogFilter): Promise<LogEntry[]>;
  /** The state of the vendors; if parts are named, only those. */
  state(): Promise<StateDocument>;
  state<Part extends StatePart>(...parts: Part[]): Promise<Pick<StateDocument, Part>>;
  /** How busy the emulators are and were. */
  statistics(): Promise<EmulatorStatistics>;
  /** Adds a fault rule and returns its id. */
  fault(rule: FaultRule): Promise<string>;
  /** The current rules, with how often each matched and took effect. */
  faults(): Promise<ActiveFault[]>;
  clearFaults(): Promise<void>;
  addUsers(
    users: readonly NewUser[],
    options?: { replace?: boolean },
  ): Promise<{ id: string; login: string }[]>;
  /** By id or login. */
  patchUser(id: string, patch: UserPatch): Promise<StateUser>;
  removeUser(id: string): Promise<void>;
  addGroups(groups: readonly NewGroup[]): Promise<{ id: string; name: string }[]>;
  addApps(apps: readonly NewApp[]): Promise<{ id: string; label: string }[]>;
  /** Adds entries to the System Log. */
  addLogEvents(events: readonly NewLogEvent[]): Promise<{ uuid: string; published: string }[]>;
  oktaSettings(changes: Partial<OktaSettings>): Promise<void>;
  /** Changes settings of sign-in with OpenID Connect. */
  signInSettings(changes: Partial<OpenIdSettings>): Promise<void>;
  /** Confirms or refuses a device as its person would on the page. */
  decideDevice(decision: DeviceDecision): Promise<void>;
  /** Signs with a new key from now on; `drop` also stops publishing the old one. */
  rotateSignInKeys(options?: { drop?: boolean }): Promise<void>;
  /** Moves an issue as a person would. */
  transitionIssue(key: string, category: StatusCategory): Promise<StateIssue>;
  deleteIssue(key: string): Promise<void>;
  jiraSettings(changes: Partial<JiraSettings>): Promise<void>;
  slackSettings(
    changes: Partial<SlackSettings> & { channels?: Partial<SlackChannel>[]; members?: NewMember[] },
  ): Promise<void>;
  /** Lets a week pass in the organisation. */
  evolve(): Promise<Evolution>;
}

/** A client of the control server at `base` (`http://127.0.0.1:…`). */
export function emulatorControl(base: string): EmulatorControl {
  const call = (method: string, path: string, body?: unknown) =>
    request(`${base}${path}`, method, body);
  const post = async (path: string, body: unknown): Promise<void> =>
    void (await call('POST', path, body));
  return {
    log: async (filter = {}) =>
      (await call('GET', `/log?${queryOf(filter)}`)).entries as LogEntry[],
    state: (async (...parts: StatePart[]) =>
      call(
        'GET',
        `/state?${new URLSearchParams(parts.map((part): [string, string] => ['part', part]))}`,
      )) as EmulatorControl['state'],
    statistics: async () => (await call('GET', '/statistics')) as unknown as EmulatorStatistics,
    fault: async (rule) => (await call('POST', '/faults', rule)).id as string,
    faults: async () => (await call('GET', '/faults')).faults as ActiveFault[],
    clearFaults: async () => void (await call('DELETE', '/faults')),
    addUsers: async (users, options) =>
      (await call('POST', '/okta/users', { users, ...options })).users as {
        id: string;
        login: string;
      }[],
    patchUser: async (id, patch) =>
      (await call('PATCH', `/okta/users/${encodeURIComponent(id)}`, patch)) as unknown as StateUser,
    removeUser: async (id) => void (await call('DELETE', `/okta/users/${encodeURIComponent(id)}`)),
    addGroups: async (groups) =>
      (await call('POST', '/okta/groups', { groups })).groups as { id: string; name: string }[],
    addApps: async (apps) =>
      (await call('POST', '/okta/apps', { apps })).apps as { id: string; label: string }[],
    addLogEvents: async (events) =>
      (await call('POST', '/okta/log', { events })).events as { uuid: string; published: string }[],
    oktaSettings: (changes) => post('/okta/settings', changes),
    signInSettings: (changes) => post('/okta/sign-in/settings', changes),
    decideDevice: (decision) => post('/okta/sign-in/device', decision),
    rotateSignInKeys: (options = {}) => post('/okta/sign-in/keys', options),
    transitionIssue: async (key, category) =>
      (await call('POST', `/jira/issues/${key}/transition`, { category })) as unknown as StateIssue,
    deleteIssue: async (key) => void (await call('DELETE', `/jira/issues/${key}`)),
    jiraSettings: (changes) => post('/jira/settings', changes),
    slackSettings: (changes) => post('/slack/settings', changes),
    ...accountControls(call),
    evolve: async () => (await call('POST', '/evolve', {})) as unknown as Evolution,
  };
}

function queryOf(filter: LogFilter): URLSearchParams {
  return new URLSearchParams(
    Object.entries(filter).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
}

async function request(
  url: string,
  method: string,
  body: unknown,
): Promise<Record<string, unknown>> {
  const json =
    body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const answer = await fetch(url, { method, ...json });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`emulator control ${method} ${url}: ${answer.status} ${text}`);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
