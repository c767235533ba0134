import { ApplicationFailure, Context } from '@temporalio/activity';
import { ConnectorError, EndlessListError } from '../../connectors/errors.ts';
import { readScopePage } from '../../connectors/okta/scope.ts';
import type { ScopePage } from '../../connectors/okta/scope.ts';
import type { JsonObject } from '../../audit/types.ts';
import type { UnreadableRow } from '../../connectors/okta/types.ts';
import type { CallContext, OktaPage, OktaUser } from '../../connectors/types.ts';
import { UNREADABLE_ROW } from '../../mfa/verdict.ts';
import type { ListedUser, RunRecord } from '../../store/run-types.ts';
import type { Store } from '../../store/types.ts';
import type { UsesConnectors, UsesStore } from '../support/parts.ts';
import { VENDOR_ATTEMPTS } from '../support/failures.ts';
import { isLastingRefusal } from '../support/refusals.ts';
import { listPages } from './pages.ts';
import type { FoundPage } from './pages.ts';
import { callerOf, planOf } from './plan.ts';
import type { MfaActivities } from './types.ts';

/**
 * Tries of one page before the list counts as lost. There are more than for a user, because losing
 * the list makes the whole run incomplete.
 */
const PAGE_ATTEMPTS = VENDOR_ATTEMPTS + 3;

type ListDeps = UsesStore<'runs' | 'users'> & UsesConnectors<'okta'>;
type ListInput = Omit<Parameters<MfaActivities['listPage']>[0], 'most'>;

/** `listPage`: reads pages of a source and stores each under its number. */
export function listPage(deps: ListDeps): MfaActivities['listPage'] {
  return async ({ most, ...input }) => {
    const record = await runOf(deps.store, input.run);
    const from = { page: input.page, after: await cursorBefore(deps, input), most };
    try {
      return await listPages(from, (at) => {
        // The activity before may have read this page ahead.
        const readBefore = at.page === input.page && at.page > 0;
        return readOnePage(deps, record, { ...input, ...at, readBefore });
      });
    } catch (error) {
      const { groups } = planOf(record);
      const isRefused = error instanceof ConnectorError && isLastingRefusal(error);
      if (!input.first || groups.length < 2 || !isRefused) throw error;
      // The other groups are listed. An empty page keeps the pages in the order of the groups.
      await deps.store.users.addPage(input.run, input.page, null, []);
      const group = groups[input.source]?.id ?? '';
      return { sizes: [0], more: false, refused: `${error.code} (group ${group})` };
    }
  };
}

/** The cursor at which a page begins; null for the first page of a source. */
async function cursorBefore(
  { store }: UsesStore<'users'>,
  { run, page, first }: ListInput,
): Promise<string | null> {
  return first ? null : ((await store.users.page(run, page - 1))?.next ?? null);
}

type PageInput = ListInput & { after: string | null; readBefore: boolean };

async function readOnePage(
  { store, connectors }: ListDeps,
  record: RunRecord,
  input: PageInput,
): Promise<FoundPage> {
  const { run, page } = input;
  const stored = await store.users.page(run, page);
  if (stored)
    return { next: stored.next, storePage: async () => Promise.resolve(stored.userIds.length) };
  const { users, unreadable, next } = await readPage(connectors, record, input);
  if (next !== null && (await store.users.isKnownToken(run, { page, next })))
    throw new EndlessListError({ connector: 'okta', operation: 'users:read' });
  const listed = [
    ...users.map(toListedUser),
    ...unreadable.map((row) => toUnreadableUser(page, row)),
  ];
  return {
    next,
    storePage: async () => (await store.users.addPage(run, page, next, listed)).userIds.length,
  };
}

async function readPage(
  { okta }: ListDeps['connectors'],
  record: RunRecord,
  { source, page, after, readBefore }: PageInput,
): Promise<ScopePage> {
  const plan = planOf(record);
  const context: CallContext<OktaPage<OktaUser>> = {
    caller: callerOf(record, plan.permitted),
    subject: `page-${page}`,
    signal: Context.current().cancellationSignal,
    record: (outcome) => {
      if (!outcome.ok) return null;
      const { items, next, unreadable = [] } = outcome.output;
      // On the first attempt this is the first entry about the page, so the store need not look up
      // its sequence number.
      const isFirst = Context.current().info.attempt === 1 && !readBefore;
      const sequence = isFirst ? 0 : undefined;
      const rows: JsonObject = unreadable.length > 0 ? { unreadable: unreadable.length } : {};
      return {
        kind: 'scan.page',
        sequence,
        outcome: { users: items.length, more: next !== null, ...rows },
      };
    },
  };
  const groupId = plan.groups[source]?.id ?? null;
  try {
    return await readScopePage(okta, { statuses: plan.statuses, groupId, after }, context);
  } catch (error) {
    throw lastingFailure(error);
  }
}

/**
 * The failure of a page. After enough tries, a fault of the vendor counts as permanent; a rate limit
 * never does.
 */
export function lastingFailure(error: unknown): unknown {
  if (!(error instanceof ConnectorError) || !error.retryable || error.code === 'rate_limited')
    return error;
  if (Context.current().info.attempt < PAGE_ATTEMPTS) return error;
  return ApplicationFailure.nonRetryable(`${error.message} (${PAGE_ATTEMPTS} tries)`, error.code);
}

/** The stored run; it exists once `beginRun` has completed. */
export async function runOf(store: Pick<Store, 'runs'>, run: string): Promise<RunRecord> {
  const record = await store.runs.get(run);
  if (!record)
    throw ApplicationFailure.nonRetryable(
      `run ${run} is not in this worker's store: run arx and the worker with the same DATABASE_URL`,
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
  activated,
  status,
}: OktaUser): ListedUser {
  return { userId, login, email, department, created, activated, status };
}

const OKTA_ID = /^[A-Za-z0-9]{20}$/;

/**
 * The user of a row that could not be read, named by its place if the row has no id of Okta's form.
 * It is never read, and its verdict is unknown.
 */
function toUnreadableUser(page: number, { place, id }: UnreadableRow): ListedUser {
  const isKnown = id !== null && OKTA_ID.test(id);
  const login = `row ${place} of page ${page + 1}`;
  return {
    userId: isKnown ? id : `page-${page + 1}-row-${place}`,
    login,
    email: null,
    department: null,
    created: null,
    activated: null,
    status: UNREADABLE_ROW,
  };
}
