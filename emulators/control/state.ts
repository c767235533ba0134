import type { EntraDirectory } from '../entra/directory.ts';
import type { EntraGroup } from '../entra/model.ts';
import { adfText } from '../jira/adf.ts';
import type { Issue } from '../jira/model.ts';
import type { JiraSite } from '../jira/site.ts';
import type { UserRecord } from '../okta/model.ts';
import type { OktaOrg } from '../okta/org.ts';
import type { SlackWorkspace } from '../slack/workspace.ts';
import type { EmulatorState } from '../start.ts';
import type { VendorName } from '../types.ts';
import type {
  EmulatorStatistics,
  StateDocument,
  StateEntraGroup,
  StateIssue,
  StateMessage,
  StatePart,
  StateUser,
} from './protocol.ts';

const PARTS: { [Part in StatePart]: (state: EmulatorState) => StateDocument[Part] } = {
  users: ({ okta }) => okta.present().map((user) => userState(okta, user)),
  groups: ({ okta }) => groupsState(okta),
  apps: ({ okta }) => appsState(okta),
  issues: ({ jira }) => jira.present().map((issue) => issueState(jira, issue)),
  filters: ({ jira }) => jira.filters.map(({ id, name, jql }) => ({ id, name, jql })),
  messages: ({ slack }) => messagesState(slack),
  channels: ({ slack }) => slack.channels.map(({ id, name, isMember }) => ({ id, name, isMember })),
  entraUsers: ({ entra }) => entra.users.all,
  entraGroups: ({ entra }) => entra.groups.all.map((group) => entraGroupState(entra, group)),
  googleUsers: ({ google }) => google.users.all,
  salesforceUsers: ({ salesforce }) => salesforce.users.all,
  buckets: ({ limiter }) => limiter.statistics(),
  traffic: ({ traffic }) => traffic.statistics(),
};

const VENDORS: readonly VendorName[] = ['okta', 'jira', 'slack', 'entra', 'google', 'salesforce'];

/** The state of all emulators, or only the named parts. */
export function describeState(
  state: EmulatorState,
  wanted: readonly string[],
): Partial<StateDocument> {
  const parts = Object.entries(PARTS).filter(
    ([part]) => wanted.length === 0 || wanted.includes(part),
  );
  return Object.fromEntries(parts.map(([part, describe]) => [part, describe(state)]));
}

/** How busy the emulators are and were. */
export function describeStatistics({ traffic, limiter }: EmulatorState): EmulatorStatistics {
  return {
    at: Date.now(),
    inFlight: Object.fromEntries(VENDORS.map((name) => [name, traffic.inFlight(name)])) as Record<
      VendorName,
      number
    >,
    operations: traffic.statistics(),
    buckets: limiter.reports(),
  };
}

/** One user as shown in the state. */
export function userState(org: OktaOrg, user: UserRecord): StateUser {
  const { department } = user.profile;
  return {
    id: user.id,
    login: user.profile.login,
    status: user.status,
    department: typeof department === 'string' ? department : null,
    created: user.created,
    activated: user.activated,
    lastLogin: user.lastLogin,
    passwordChanged: user.passwordChanged,
    vanish: user.vanish === true,
    denyFactors: user.denyFactors === true,
    roles: user.roles,
    sessions: user.sessions,
    factors: user.factors.map(({ type, provider = null, status = 'ACTIVE' }) => ({
      type,
      provider,
      status,
    })),
    groups: org.groups.flatMap((group) => (group?.members?.has(user.id) ? [group.name] : [])),
  };
}

function groupsState(org: OktaOrg): StateDocument['groups'] {
  return org.groups.flatMap((group) =>
    group
      ? [
          {
            id: group.id,
            name: group.name,
            type: group.type,
            roles: group.roles,
            members: group.members && [...group.members],
          },
        ]
      : [],
  );
}

/** `users` is null if everyone is assigned. */
function appsState({ apps, users }: OktaOrg): StateDocument['apps'] {
  return apps.all.map((app) => {
    const { id, label, signOnMode, status, groups } = app;
    const places = apps
      .assigned(app)
      ?.filter((place) => (users.at(place)?.status ?? 'DEPROVISIONED') !== 'DEPROVISIONED');
    return { id, label, signOnMode, status, users: places?.length ?? null, groups: groups.length };
  });
}

/** One Entra ID group as shown in the state. */
export function entraGroupState({ users }: EntraDirectory, group: EntraGroup): StateEntraGroup {
  const { members, ...others } = group;
  const present = users.all.flatMap((user) => (members.get(user.id)?.present ? [user.id] : []));
  return { ...others, members: present };
}

/** One issue as shown in the state. */
export function issueState(site: JiraSite, issue: Issue): StateIssue {
  const { fields } = issue;
  return {
    id: issue.id,
    key: issue.key,
    summary: fields.summary,
    description: adfText(fields.description),
    labels: [...fields.labels],
    issuetype: fields.issuetype,
    priority: fields.priority,
    duedate: fields.duedate,
    status: fields.status.name,
    category: fields.status.category,
    created: new Date(issue.created).toISOString(),
    comments: issue.comments.map(({ body }) => adfText(body)),
    links: site.links
      .filter(({ inward, outward }) => inward === issue.key || outward === issue.key)
      .map(({ type, inward, outward }) => ({ type, inward, outward })),
  };
}

function messagesState(workspace: SlackWorkspace): StateMessage[] {
  return workspace.channels.flatMap(({ id }) =>
    workspace.messages(id).map(({ ts, text, blocks, metadata, editedTs }) => ({
      channel: id,
      ts,
      text,
      blocks: [...blocks],
      metadata,
      edited: editedTs !== null,
      replies: workspace.replies(ts).map((reply) => ({
        text: reply.text,
        blocks: [...reply.blocks],
      })),
    })),
  );
}
