import { ApplicationFailure, Context } from '@temporalio/activity';
import type { CheckSettings } from '../../config/schema/check-settings.ts';
import { matchesAny } from '../../governance/glob.ts';
import { exemptionReason, isLive } from '../../mfa/exemptions.ts';
import type { ExemptionIndex } from '../../mfa/exemptions.ts';
import { MFA_PRINCIPAL, scopeKey } from '../../mfa/identity.ts';
import { isAddress } from '../../mfa/screen-fields.ts';
import { typeOfEntry, PHISHING_RESISTANT_TYPES } from '../../mfa/strength.ts';
import { scanPlanOf } from './delta/scan-plan.ts';
import type { MfaDeps } from './deps.ts';
import { draftOf } from './drafts.ts';
import { configurationFailure } from '../support/failures.ts';
import { readMembersIfAllowed, resolveGroup } from './groups.ts';
import type { GroupReader } from './groups.ts';
import { callerOf, planOf, runPlan, planForStore } from './plan.ts';
import type { FrozenPlan } from './plan.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../support/parts.ts';
import type { MfaActivities, RunPlan } from './types.ts';

type BeginDeps = UsesStore<'runs' | 'deltas' | 'journal' | 'snapshots'> &
  UsesConnectors<'okta' | 'decide'> &
  Pick<MfaDeps, 'settings' | 'surroundings' | 'checkpoint' | 'now' | 'searchable'>;
type BeginInput = Parameters<MfaActivities['beginRun']>[0];

/** `beginRun`: whatever can be refused is refused here, before the first user is read. */
export function beginRun(deps: BeginDeps) {
  return async (input: BeginInput): Promise<RunPlan> => {
    const { store } = deps;
    const record = (await store.runs.get(input.run)) ?? (await freezePlan(deps, input));
    const { statuses, groups, scan } = planOf(record);
    const mode = scan && {
      mode: scan.mode,
      ...('base' in scan ? { base: scan.base.run } : { reason: scan.reason.code }),
    };
    const outcome = {
      dryRun: record.dryRun,
      statuses,
      groups: groups.map(({ id }) => id),
      ...mode,
    };
    const draft = draftOf(record, {
      kind: 'scan.started',
      subject: record.run,
      sequence: 0,
      at: record.startedAt,
    });
    await store.journal.append([{ ...draft, outcome }]);
    return runPlan(record, deps.searchable());
  };
}

async function freezePlan(deps: BeginDeps, input: BeginInput) {
  const { run } = input;
  const { workflowId } = Context.current().info.workflowExecution ?? { workflowId: run };
  const settings = await settingsOf(deps, input);
  const dryRun = input.dryRun ?? false;
  const { jiraProject, org } = deps.surroundings;
  const slackChannel = settings.slackChannel ?? deps.surroundings.slackChannel;
  const ticketMode = settings.tickets.mode;
  if (!dryRun && ticketMode !== 'none' && jiraProject === null) {
    throw configurationFailure(
      'Jira is not configured for this worker: set JIRA_URL, JIRA_API_TOKEN and JIRA_PROJECT_KEY, or tickets.mode: none',
    );
  }
  const now = deps.now();
  const caller = callerOf({ run, workflowId }, settings.permitted);
  await refuseDenied(deps, {
    settings,
    dryRun,
    withSlack: slackChannel !== null,
    run,
    workflowId,
  });
  const reader = { okta: deps.connectors.okta, caller };
  const groups = await mapInOrder(settings.groups, (group) => resolveGroup(reader, group));
  const { index, live, expired } = await exemptionsOf(reader, settings, now);
  const administrators = await administratorsOf(reader, settings.privilegedGroups);
  const groupIds = groups.map(({ id }) => id);
  const key = scopeKey(org, settings.statuses, groupIds);
  const plan: FrozenPlan = {
    ...settings,
    allowed: factorTypes(settings.allowed),
    groups,
    exemptions: index,
    liveExemptions: live,
    expiredExemptions: expired,
    administrators: administrators.ids,
    unreadPrivileged: administrators.unread,
    tickets: { ...settings.tickets, project: jiraProject ?? '' },
    slackChannel,
    checkpoint: (await deps.checkpoint())?.note ?? null,
    scan: await scanPlanOf(deps, { settings, scopeKey: key, run, now }),
  };
  const startedAt = now.toISOString();
  return deps.store.runs.begin({
    run,
    workflowId,
    scopeKey: key,
    org,
    dryRun,
    startedAt,
    plan: planForStore(plan),
  });
}

/** Replaces the preset by its factor types. */
function factorTypes(allowed: CheckSettings['allowed']): string[] {
  return allowed === 'phishing_resistant'
    ? [...PHISHING_RESISTANT_TYPES]
    : allowed.map(typeOfEntry);
}

async function settingsOf(
  deps: UsesStore<'snapshots'> & Pick<MfaDeps, 'settings'>,
  { configRef, groups, mode }: BeginInput,
): Promise<CheckSettings> {
  const snapshot = configRef === undefined ? null : await deps.store.snapshots.get(configRef);
  if (configRef !== undefined && snapshot === null) {
    throw configurationFailure(
      `the configuration snapshot ${configRef} is not in this worker's store: run arx against the same DATABASE_URL`,
    );
  }
  const settings = readSettings(deps, snapshot);
  const scan = { ...settings.scan, ...(mode && { mode }) };
  return { ...settings, scan, ...(groups !== undefined && groups.length > 0 && { groups }) };
}

function readSettings(deps: Pick<MfaDeps, 'settings'>, snapshot: unknown): CheckSettings {
  try {
    return deps.settings(snapshot);
  } catch (error) {
    throw configurationFailure(
      error instanceof Error ? error.message : 'the configuration is not valid',
    );
  }
}

interface Preflight {
  settings: CheckSettings;
  dryRun: boolean;
  withSlack: boolean;
  run: string;
  workflowId: string;
}

/** The operations that this run needs. They are checked first, so that no run is denied halfway. */
function neededOperations({ settings, dryRun, withSlack }: Preflight): [Vendor, string][] {
  const list = settings.groups.length > 0 ? 'groups:read_members' : 'users:read';
  const okta = [list, 'users:read_factors'];
  const tickets = !dryRun && settings.tickets.mode !== 'none';
  if (tickets) okta.push('users:read_detail');
  const jira = tickets
    ? ['issues:create', 'issues:read', 'issues:update', 'issues:comment', 'issues:transition']
    : [];
  if (tickets && namesUsers(settings.tickets)) jira.push('users:lookup');
  const slack = !dryRun && withSlack ? ['chat:write', 'history:read'] : [];
  const rows: Record<Vendor, string[]> = { okta, jira, slack };
  return (Object.keys(rows) as Vendor[]).flatMap((name) =>
    rows[name].map((operation): [Vendor, string] => [name, operation]),
  );
}

/** Whether a field of tickets is a user, given by an address that must be looked up. */
const namesUsers = ({ fields, close, reopen }: CheckSettings['tickets']): boolean =>
  [fields, close.fields, reopen.fields]
    .flatMap((values) => Object.values(values).flat())
    .some((value) => typeof value === 'string' && isAddress(value));

/** The vendors of this job. */
type Vendor = 'okta' | 'jira' | 'slack';

async function refuseDenied(
  deps: UsesStore<'journal'> & UsesConnectors<'decide'> & UsesClock,
  preflight: Preflight,
): Promise<void> {
  const { run, workflowId, settings } = preflight;
  for (const [connector, operation] of neededOperations(preflight)) {
    const decision = deps.connectors.decide(connector, operation, MFA_PRINCIPAL);
    const permitted = matchesAny(settings.permitted[connector], operation);
    if (permitted && (decision.effect === 'allow' || decision.effect === 'auto')) continue;
    const why = permitted
      ? `the policies return ${decision.effect} (${decision.code}). Allow it in a file that policies in arx.yaml names, such as policies/mfa-enforcement-check.yaml`
      : `arx.yaml does not list it. Add it to connectors.${connector}.operations`;
    const draft = draftOf(
      { run, workflowId },
      { kind: 'action.denied', subject: `${connector}:${operation}`, at: deps.now().toISOString() },
    );
    await deps.store.journal.append([
      {
        ...draft,
        operation: `${connector}:${operation}`,
        outcome: { code: permitted ? decision.code : 'not_permitted' },
      },
    ]);
    throw ApplicationFailure.nonRetryable(
      `${connector}:${operation} is not allowed for ${MFA_PRINCIPAL}: ${why}`,
      'policy_denied',
    );
  }
}

async function exemptionsOf(reader: GroupReader, settings: CheckSettings, now: Date) {
  const index: ExemptionIndex = { users: {}, members: {} };
  const unread: string[] = [];
  const expired: FrozenPlan['expiredExemptions'] = [];
  let live = 0;
  for (const exemption of settings.exemptions) {
    const subject = exemption.user ?? exemption.group ?? '';
    if (!isLive(exemption, now)) {
      expired.push({ subject, owner: exemption.owner, until: exemption.until });
      continue;
    }
    live += 1;
    const reason = exemptionReason(exemption);
    if (exemption.user !== undefined)
      index.users[subject] = index.users[subject.toLowerCase()] = reason;
    else {
      const { group, ids } = await memberIds(reader, subject);
      if (ids === null) unread.push(group);
      for (const id of ids ?? []) index.members[id] = reason;
    }
  }
  return { index: unread.length > 0 ? { ...index, unread } : index, live, expired };
}

async function administratorsOf(
  reader: GroupReader,
  groups: readonly string[],
): Promise<{ ids: string[] | null; unread: string[] }> {
  if (groups.length === 0) return { ids: null, unread: [] };
  const found = await mapInOrder(groups, (group) => memberIds(reader, group));
  return {
    ids: [...new Set(found.flatMap(({ ids }) => ids ?? []))],
    unread: found.flatMap(({ group, ids }) => (ids === null ? [group] : [])),
  };
}

/** The members of a group by name or id; `ids` is null if Okta refuses to list them. */
async function memberIds(
  reader: GroupReader,
  reference: string,
): Promise<{ group: string; ids: string[] | null }> {
  const { id: group } = await resolveGroup(reader, reference);
  const read = await readMembersIfAllowed(reader, group);
  return { group, ids: 'members' in read ? read.members.map(({ id }) => id) : null };
}

async function mapInOrder<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
