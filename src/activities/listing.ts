import { ApplicationFailure, Context } from '@temporalio/activity';
import { ConnectorError } from '../connectors/errors.ts';
import type { CallContext, OktaPage, OktaUser } from '../connectors/types.ts';
import type { ListedUser, RunRecord } from '../store/types.ts';
import type { Deps } from './deps.ts';
import { VENDOR_ATTEMPTS } from './failures.ts';
import { callerOf, frozen } from './plan.ts';
import type { MfaActivities } from './types.ts';

/** Tries of one page before the list counts as lost; its loss costs the whole run, so there are more than for a user. */
const PAGE_ATTEMPTS = VENDOR_ATTEMPTS + 3;

type ListInput = Parameters<MfaActivities['listPage']>[0];

/** `listPage`: one page of a source, stored under its number. */
export function listPage({ store, connectors }: Deps): MfaActivities['listPage'] {
  return async (input) => {
    const { run, page } = input;
    const stored = await store.users.page(run, page);
    if (stored) return { listed: stored.userIds.length, more: stored.next !== null };
    const record = await runOf(store, run);
    const after = input.first ? null : ((await store.users.page(run, page - 1))?.next ?? null);
    const { items, next } = await readPage(connectors, record, { ...input, after });
    if (next !== null && next === after) {
      throw ApplicationFailure.nonRetryable('Okta gave a page that leads to itself', 'malformed');
    }
    const { statuses } = frozen(record);
    const users = items.filter(({ status }) => statuses.includes(status)).map(listed);
    const added = await store.users.addPage(run, page, next, users);
    return { listed: added.userIds.length, more: added.next !== null };
  };
}

async function readPage(
  { okta }: Deps['connectors'],
  record: RunRecord,
  { source, page, after }: ListInput & { after: string | null },
): Promise<OktaPage<OktaUser>> {
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
  const group = plan.groups[source];
  try {
    if (group) return (await okta('groups:read_members', { groupId: group.id, after }, context)).output;
    return (await okta('users:read', { statuses: plan.statuses, after }, context)).output;
  } catch (error) {
    throw lastingOrNot(error);
  }
}

/** After so many tries a fault of the vendor is taken as lasting; being rate limited never is. */
function lastingOrNot(error: unknown): unknown {
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
