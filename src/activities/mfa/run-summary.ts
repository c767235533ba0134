import type { FailedTicket, RunSummary, TicketSummary } from '../../mfa/document.ts';
import { controlLabel, MFA_CONTROL, ticketLabel } from '../../mfa/identity.ts';
import { StatisticsBuilder } from '../../mfa/summary.ts';
import type { Statistics } from '../../mfa/summary.ts';
import { NON_COMPLIANT } from '../../mfa/types.ts';
import type { Coverage, RunStatus } from '../../mfa/types.ts';
import type { RunChanges, RunRecord } from '../../store/run-types.ts';
import type { TicketAction, TicketNote } from '../../store/ticket-types.ts';
import type { Store } from '../../store/types.ts';
import { lastingCode, VENDOR_ATTEMPTS } from '../support/failures.ts';
import type { Connectors } from '../../connectors/types.ts';
import type { UsesConnectors, UsesStore } from '../support/parts.ts';
import { scanSummary } from './delta/scan-summary.ts';
import { callerOf, planOf } from './plan.ts';
import { isFinding } from './recheck.ts';
import type { TicketPlan } from './plan.ts';

const USERS_A_PAGE = 1_000;
/** So many failed tickets, and so many departures, are listed in a summary. */
const MOST_LISTED = 500;

export type SummaryDeps = UsesStore<
  'audit' | 'calls' | 'deltas' | 'messages' | 'runs' | 'tickets' | 'users'
> &
  UsesConnectors<'jira' | 'jiraBaseUrl'>;

export interface RunOutcome {
  status: RunStatus | 'running';
  reasons: readonly string[];
  finishedAt: string | null;
  /** The newest checkpoint as a signed note; null if it could not be signed. */
  checkpoint: string | null;
}

/** Figures of a run and the ticket keys of its findings, gathered in one pass over its users. */
interface Gathered {
  statistics: Statistics;
  keys: string[];
}

/** Builds the summary of a run from the store. */
export async function summarise(
  deps: SummaryDeps,
  record: RunRecord,
  end: RunOutcome,
): Promise<RunSummary> {
  const { store } = deps;
  const { run, startedAt } = record;
  const plan = planOf(record);
  const { statistics, keys } = await gather(deps, record);
  const previous = await store.runs.lastComplete(record.scopeKey, record);
  const changes = previous
    ? await store.users.changes(run, previous.run)
    : await store.users.changesOfFirst(run);
  const message = await store.messages.get(run);
  return {
    schema: 'arx.run/v1',
    run,
    workflowId: record.workflowId,
    status: end.status,
    reasons: [...end.reasons],
    dryRun: record.dryRun,
    org: record.org,
    scope: { statuses: plan.statuses, groups: plan.groups },
    ...(plan.scan && { scan: await scanSummary(store, record, statistics.counts) }),
    startedAt,
    finishedAt: end.finishedAt,
    ...statistics,
    previousCoverage: (previous?.summary?.['coverage'] as Coverage | undefined) ?? null,
    exemptions: { live: plan.liveExemptions, expired: plan.expiredExemptions },
    changes: changesOf(changes),
    tickets: await ticketsOf(deps, record, keys),
    slack: message?.ts ? { channel: message.channel, ts: message.ts } : null,
    ...(message?.refusal && { slackFailed: { channel: message.channel, ...message.refusal } }),
    calls: await store.calls.get(run),
    audit: {
      ...(await store.audit.head()),
      ...(end.checkpoint === null ? {} : { checkpoint: end.checkpoint }),
    },
    seconds:
      end.finishedAt === null ? null : (Date.parse(end.finishedAt) - Date.parse(startedAt)) / 1_000,
  };
}

async function gather({ store }: UsesStore<'users'>, record: RunRecord): Promise<Gathered> {
  const { administrators } = planOf(record);
  const builder = new StatisticsBuilder(administrators === null ? null : new Set(administrators));
  const keys: string[] = [];
  const groupOf = await groupsByPage(store, record);
  for await (const users of store.users.asListed(record.run)) {
    for (const user of users) {
      if (user.verdict === null) continue;
      builder.add({ ...user, group: groupOf[user.page] ?? null });
      if (isFinding(user) && user.ticket !== null) keys.push(user.ticket);
    }
  }
  return { statistics: builder.result(), keys };
}

/** The group that each page lists. The last page of a group has no next page. */
async function groupsByPage({ users }: Pick<Store, 'users'>, record: RunRecord): Promise<string[]> {
  const { groups } = planOf(record);
  const names: string[] = [];
  for (let at = 0; at < groups.length;) {
    const page = await users.page(record.run, names.length);
    if (!page) break;
    names.push(groups[at]?.name ?? '');
    if (page.next === null) at += 1;
  }
  return names;
}

function changesOf(users: RunChanges): RunSummary['changes'] {
  return {
    new: users.new.length,
    resolved: users.resolved.length,
    regressed: users.regressed.length,
    users,
  };
}

async function ticketsOf(
  deps: UsesStore<'tickets' | 'users'> & UsesConnectors<'jira' | 'jiraBaseUrl'>,
  record: RunRecord,
  ofUsers: string[],
): Promise<TicketSummary> {
  const { store } = deps;
  const plan = planOf(record).tickets;
  const noted = await store.tickets.listNotes(record.run);
  const count = (action: TicketAction): number =>
    noted.filter((note) => note.action === action).length;
  const bulk = noted.filter(
    ({ action, key }) => plan.mode === 'bulk' && key !== null && action !== 'closed',
  );
  const failed = noted.filter(({ action }) => action === 'failed');
  const departed = noted.filter(({ action }) => action === 'departed');
  const { keys: kept, ...would } = await countDryRun(deps, record);
  const written = plan.mode === 'bulk' ? bulk.map(({ key }) => `${key}`) : ofUsers;
  const keys = record.dryRun ? kept : written;
  return {
    created: count('created'),
    kept: count('kept'),
    reopened: count('reopened'),
    closed: count('closed'),
    leftClosed: count('left_closed'),
    departed: departed.length,
    departures: departed.slice(0, MOST_LISTED).map(({ key, subject }) => ({ key, user: subject })),
    failed: failed.slice(0, MOST_LISTED).map((note) => toFailedTicket(note, plan.mode)),
    failedCount: failed.length,
    keys,
    url: keys.length === 0 ? null : await ticketLink(deps, record),
    ...would,
  };
}

function toFailedTicket(note: TicketNote, mode: TicketPlan['mode']): FailedTicket {
  const { key, code, refusal, subject } = note;
  return {
    key,
    user: mode === 'per_user' ? subject : null,
    code: code ?? 'unexpected',
    fields: refusal?.fields ?? [],
    message: refusal?.message ?? null,
  };
}

/** A search for the open tickets of the control. The keys of thousands do not fit into a link. */
function ticketQuery(org: string): string {
  return `labels = "${controlLabel(org)}" AND statusCategory != Done ORDER BY key`;
}

/** The address of the open tickets in Jira; null if Jira refuses to tell its address. */
async function ticketLink(
  { connectors }: UsesConnectors<'jira' | 'jiraBaseUrl'>,
  record: RunRecord,
): Promise<string | null> {
  // A dry run does not call Jira.
  const site = connectors.jiraBaseUrl ?? (record.dryRun ? null : await askSite(connectors, record));
  return site ? `${site}/issues/?jql=${encodeURIComponent(ticketQuery(record.org))}` : null;
}

/** Asks Jira for the address of its pages. A summary without links is better than none. */
async function askSite({ jira }: Pick<Connectors, 'jira'>, record: RunRecord) {
  const caller = callerOf(record, planOf(record).permitted);
  try {
    return (await jira('server:read', {}, { caller, subject: 'site' })).output.baseUrl;
  } catch (error) {
    if (lastingCode(error, VENDOR_ATTEMPTS) === null) throw error;
    return null;
  }
}

/** What a dry run would have done, according to the stored tickets. */
interface DryRunCounts {
  wouldCreate: number;
  wouldKeep: number;
  wouldClose: number;
  keys: string[];
}

async function countDryRun(
  { store }: UsesStore<'tickets' | 'users'>,
  record: RunRecord,
): Promise<DryRunCounts> {
  const would: DryRunCounts = { wouldCreate: 0, wouldKeep: 0, wouldClose: 0, keys: [] };
  const { mode } = planOf(record).tickets;
  if (!record.dryRun || mode === 'none') return would;
  for await (const subject of findingsOf(store, record, mode)) {
    const row = await store.tickets.get(ticketLabel(record.org, subject, MFA_CONTROL));
    if (row?.state !== 'open') would.wouldCreate += 1;
    else would.wouldKeep += 1;
    if (row?.state === 'open' && row.key !== null) would.keys.push(row.key);
  }
  if (mode === 'per_user') would.wouldClose = await countClosable(store, record);
  return would;
}

/** The subjects that need a ticket: each user, or the scope as a whole. */
async function* findingsOf(
  store: Pick<Store, 'users'>,
  { run, scopeKey }: RunRecord,
  mode: string,
): AsyncIterable<string> {
  for (let after: string | null = null; ;) {
    const ids: string[] = await store.users.idsByVerdict(run, NON_COMPLIANT, after, USERS_A_PAGE);
    if (ids.length === 0) return;
    if (mode === 'bulk') return yield scopeKey;
    yield* ids;
    after = ids.at(-1) ?? null;
  }
}

async function countClosable(
  { tickets }: Pick<Store, 'tickets'>,
  { run, org }: RunRecord,
): Promise<number> {
  let count = 0;
  for (let after: string | null = null; ;) {
    const rows = await tickets.openOfCompliant(run, org, MFA_CONTROL, after, USERS_A_PAGE);
    if (rows.length === 0) return count;
    count += rows.length;
    after = rows.at(-1)?.subject ?? null;
  }
}
