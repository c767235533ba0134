import { ApplicationFailure, Context } from '@temporalio/activity';
import { ConnectorError } from '../../connectors/errors.ts';
import { pageProblem, readScopePage } from '../../connectors/okta/scope.ts';
import type { ScopePage } from '../../connectors/okta/scope.ts';
import type { CallContext, OktaPage, OktaUser } from '../../connectors/types.ts';
import type { ListedUser, RunRecord } from '../../store/run-types.ts';
import type { Deps } from './deps.ts';
import { VENDOR_ATTEMPTS } from '../support/failures.ts';
import { listPages } from './pages.ts';
import type { FoundPage } from './pages.ts';
import { callerOf, frozen } from './plan.ts';
import type { MfaActivities } from './types.ts';

/**
 * Tries of one page before the list counts as lost; its loss costs the whole run, so there are more
 * than for a user.
 */
const PAGE_ATTEMPTS = VENDOR_ATTEMPTS + 3;

type ListInput = Parameters<MfaActivities['listPage']>[0];

/** `listPage`: pages of a source, each stored under its number. */
export function listPage(deps: Deps): MfaActivities['listPage'] {
  return async ({ most, ...input }) => {
    const record = await runOf(deps.store, input.run);
    const from = { page: input.page, after: await cursorOf(deps, input), most };
    return await listPages(from, (at) => onePage(deps, record, { ...input, ...at }));
  };
}

/** Where a page begins: where the one before it ended. */
async function cursorOf({ store }: Deps, { run, page, first }: ListInput): Promise<string | null> {
  return first ? null : ((await store.users.page(run, page - 1))?.next ?? null);
}

type PageInput = ListInput & { after: string | null };

async function onePage(
  { store, connectors }: Deps,
  record: RunRecord,
  input: PageInput,
): Promise<FoundPage> {
  const { run, page, after } = input;
  const stored = await store.users.page(run, page);
  if (stored)
    return { next: stored.next, storePage: async () => Promise.resolve(stored.userIds.length) };
  const { users, next } = await readPage(connectors, record, input);
  const problem = pageProblem({ after, next });
  if (problem !== null) throw ApplicationFailure.nonRetryable(problem, 'malformed');
  return {
    next,
    storePage: async () =>
      (await store.users.addPage(run, page, next, users.map(toListedUser))).userIds.length,
  };
}

async function readPage(
  { okta }: Deps['connectors'],
  record: RunRecord,
  { source, page, after }: PageInput,
): Promise<ScopePage> {
  const plan = frozen(record);
  const context: CallContext<OktaPage<OktaUser>> = {
    caller: callerOf(record, plan.permitted),
    subject: `page-${page}`,
    signal: Context.current().cancellationSignal,
    record: (outcome) => {
      if (!outcome.ok) return null;
      const { items, next } = outcome.output;
      // The first try reads each page once: its place among the entries of the page need not be
      // asked for.
      const sequence = Context.current().info.attempt === 1 ? 0 : undefined;
      return { kind: 'scan.page', sequence, outcome: { users: items.length, more: next !== null } };
    },
  };
  const groupId = plan.groups[source]?.id ?? null;
  try {
    return await readScopePage(okta, { statuses: plan.statuses, groupId, after }, context);
  } catch (error) {
    throw lastingOrNot(error);
  }
}

/**
 * What a page fails with: after so many tries a fault of the vendor is taken as lasting; being rate
 * limited never is.
 */
export function lastingOrNot(error: unknown): unknown {
  if (!(error instanceof ConnectorError) || !error.retryable || error.code === 'rate_limited')
    return error;
  if (Context.current().info.attempt < PAGE_ATTEMPTS) return error;
  return ApplicationFailure.nonRetryable(`${error.message} (${PAGE_ATTEMPTS} tries)`, error.code);
}

/** The stored run; it exists from `beginRun` on. */
export async function runOf(store: Deps['store'], run: string): Promise<RunRecord> {
  const record = await store.runs.get(run);
  if (!record)
    throw ApplicationFailure.nonRetryable(
      `run ${run} is not in this worker's store`,
      'configuration',
    );
  return record;
}

function toListedUser({
  id: userId,
  login,
  email,
  department,
  created,
  status,
}: OktaUser): ListedUser {
  return { userId, login, email, department, created, status };
}
