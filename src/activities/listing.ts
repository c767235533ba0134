import { ApplicationFailure, Context } from '@temporalio/activity';
import { ConnectorError } from '../connectors/errors.ts';
import { pageProblem, readScopePage } from '../connectors/okta/scope.ts';
import type { ScopePage } from '../connectors/okta/scope.ts';
import type { CallContext, OktaPage, OktaUser } from '../connectors/types.ts';
import type { ListedUser, RunRecord } from '../store/types.ts';
import type { Deps } from './deps.ts';
import { VENDOR_ATTEMPTS } from './failures.ts';
import { callerOf, frozen } from './plan.ts';
import type { MfaActivities } from './types.ts';

/** Tries of one page before the list counts as lost; its loss costs the whole run, so there are more than for a user. */
const PAGE_ATTEMPTS = VENDOR_ATTEMPTS + 3;

type ListInput = Parameters<MfaActivities['listPage']>[0];

/** After this long what was listed is handed back, and the rest is for the next activity. */
const LONG_MS = 20_000;

/** `listPage`: pages of a source, each stored under its number. */
export function listPage(deps: Deps): MfaActivities['listPage'] {
  return async ({ most = 1, ...input }) => {
    const startedAt = performance.now();
    const first = await onePage(deps, input);
    const sizes = [first.listed];
    let { more } = first;
    while (more && sizes.length < most && performance.now() - startedAt < LONG_MS) {
      // The next activity begins with the page that could not be read, and has all its tries before it.
      const found = await onePage(deps, { ...input, page: input.page + sizes.length, first: false }).catch(() => null);
      if (!found) break;
      sizes.push(found.listed);
      ({ more } = found);
    }
    return { listed: first.listed, more, sizes };
  };
}

async function onePage({ store, connectors }: Deps, input: ListInput): Promise<{ listed: number; more: boolean }> {
  const { run, page } = input;
  const stored = await store.users.page(run, page);
  if (stored) return { listed: stored.userIds.length, more: stored.next !== null };
  const record = await runOf(store, run);
  const after = input.first ? null : ((await store.users.page(run, page - 1))?.next ?? null);
  const { users, next } = await readPage(connectors, record, { ...input, after });
  const problem = pageProblem({ after, next });
  if (problem !== null) throw ApplicationFailure.nonRetryable(problem, 'malformed');
  const added = await store.users.addPage(run, page, next, users.map(listed));
  return { listed: added.userIds.length, more: added.next !== null };
}

async function readPage(
  { okta }: Deps['connectors'],
  record: RunRecord,
  { source, page, after }: ListInput & { after: string | null },
): Promise<ScopePage> {
  const plan = frozen(record);
  const context: CallContext<OktaPage<OktaUser>> = {
    caller: callerOf(record, plan.permitted),
    subject: `page-${page}`,
    signal: Context.current().cancellationSignal,
    record: (outcome) => {
      if (!outcome.ok) return null;
      const { items, next } = outcome.output;
      return { kind: 'scan.page', outcome: { users: items.length, more: next !== null } };
    },
  };
  const groupId = plan.groups[source]?.id ?? null;
  try {
    return await readScopePage(okta, { statuses: plan.statuses, groupId, after }, context);
  } catch (error) {
    throw lastingOrNot(error);
  }
}

/** What a page fails with: after so many tries a fault of the vendor is taken as lasting; being rate limited never is. */
export function lastingOrNot(error: unknown): unknown {
  if (!(error instanceof ConnectorError) || !error.retryable || error.code === 'rate_limited') return error;
  if (Context.current().info.attempt < PAGE_ATTEMPTS) return error;
  return ApplicationFailure.nonRetryable(`${error.message} (${PAGE_ATTEMPTS} tries)`, error.code);
}

/** The stored run; it exists from `beginRun` on. */
export async function runOf(store: Deps['store'], run: string): Promise<RunRecord> {
  const record = await store.runs.get(run);
  if (!record) throw ApplicationFailure.nonRetryable(`run ${run} is not in this worker's store`, 'configuration');
  return record;
}

function listed({ id: userId, login, email, department, created, status }: OktaUser): ListedUser {
  return { userId, login, email, department, created, status };
}
