import type { RunDocument, RunSummary, RunUserRow } from '../../mfa/document.ts';
import type { FactorClass, VerdictCounts } from '../../mfa/types.ts';
import type { Store } from '../../store/types.ts';
import type { RunUser, RunRecord } from '../../store/run-types.ts';

const PAGE = 500;

/**
 * The summary that the run stored. A run without one (still running, or terminated) gets a summary
 * derived from its counts.
 */
export async function runSummary(store: Store, record: RunRecord): Promise<RunSummary> {
  const { scopeKey, removedAt } = record;
  const removed = { scopeKey, ...(removedAt !== undefined && { removedAt }) };
  if (record.summary) return { ...(record.summary as unknown as RunSummary), ...removed };
  const [counts, calls, audit] = await Promise.all([
    store.users.counts(record.run),
    store.calls.get(record.run),
    store.audit.head(),
  ]);
  return {
    ...emptySummary(record),
    counts,
    coverage: coverageOf(counts),
    calls,
    audit,
    ...removed,
  };
}

function emptySummary(
  record: RunRecord,
): Omit<RunSummary, 'counts' | 'coverage' | 'calls' | 'audit'> {
  const { run, workflowId, status, dryRun, org, startedAt, finishedAt, plan } = record;
  const scope = {
    statuses: plan.statuses ?? [],
    groups: plan.groups ?? [],
  } as unknown as RunSummary['scope'];
  return {
    schema: 'arx.run/v1',
    run,
    workflowId,
    status,
    reasons: status === 'terminated' ? [TERMINATED] : [],
    dryRun,
    org,
    scope,
    startedAt,
    finishedAt,
    previousCoverage: null,
    byFactor: {},
    authenticators: 0,
    pushOnly: 0,
    byClass: NO_CLASSES,
    departments: [],
    groups: [],
    administrators: null,
    exemptions: { live: 0, expired: [] },
    changes: { new: 0, resolved: 0, regressed: 0, users: { new: [], resolved: [], regressed: [] } },
    tickets: NO_TICKETS,
    slack: null,
    seconds: finishedAt === null ? null : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000,
  };
}

const NO_CLASSES: Record<FactorClass, number> = {
  phishing_resistant: 0,
  strong: 0,
  weak: 0,
  not_accepted: 0,
  external: 0,
  unrecognised: 0,
};
const TERMINATED =
  'its workflow was ended in Temporal; the figures cover only the users that were checked until then';

const NO_TICKETS: RunSummary['tickets'] = {
  created: 0,
  kept: 0,
  reopened: 0,
  closed: 0,
  leftClosed: 0,
  departed: 0,
  departures: [],
  failed: [],
  failedCount: 0,
  keys: [],
  url: null,
  wouldCreate: 0,
  wouldKeep: 0,
  wouldClose: 0,
};

function coverageOf({ enumerated, exempt, in_grace, vanished, compliant, unknown }: VerdictCounts) {
  const base = enumerated - exempt - in_grace - vanished;
  return base > 0
    ? { low: compliant / base, high: (compliant + unknown) / base }
    : { low: null, high: null };
}

/** The users of a run in pages, as reported. */
export async function* runUsers(store: Store, record: RunRecord): AsyncGenerator<RunUserRow[]> {
  const administrators = administratorsOf(record);
  for await (const page of store.users.pages(record.run, PAGE))
    yield page.map((user) => rowOf(user, administrators));
}

/** The plan of a run records the members of the privileged groups at that time. */
export function administratorsOf({ plan }: RunRecord): ReadonlySet<string> {
  const ids = plan.administrators;
  return new Set(
    Array.isArray(ids) ? ids.filter((id: unknown): id is string => typeof id === 'string') : [],
  );
}

/** A user of a run as reported. */
export function rowOf(user: RunUser, administrators: ReadonlySet<string>): RunUserRow {
  return {
    id: user.userId,
    login: user.login,
    department: user.department,
    verdict: user.verdict,
    reason: user.reason,
    factors: user.factors ?? [],
    ticket: user.ticket,
    administrator: administrators.has(user.userId),
    ...(user.takenOver && { takenOver: user.takenOver }),
  };
}

/**
 * The document without its users, except for those whose tickets could not be written: the table
 * names them.
 */
export async function runOverview(store: Store, record: RunRecord): Promise<RunDocument> {
  const summary = await runSummary(store, record);
  const administrators = administratorsOf(record);
  const ids = summary.tickets.failed.flatMap(({ user }) => user ?? []).slice(0, PAGE);
  const users = await Promise.all(ids.map((id) => store.users.get(record.run, id)));
  return {
    ...summary,
    users: users.flatMap((user) => (user === null ? [] : [rowOf(user, administrators)])),
  };
}

/** The whole document of a run in memory: for the table, the HTML report and small JSON. */
export async function runDocument(store: Store, record: RunRecord): Promise<RunDocument> {
  const users: RunUserRow[] = [];
  for await (const page of runUsers(store, record)) users.push(...page);
  return { ...(await runSummary(store, record)), users };
}
