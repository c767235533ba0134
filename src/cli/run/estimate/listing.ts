import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { OktaSettings } from '../../../config/env/okta-env.ts';
import { readPages } from '../../../connectors/pages.ts';
import { findGroup, readScopePage } from '../../../connectors/okta/scope.ts';
import type { ScopeList, ScopePage } from '../../../connectors/okta/scope.ts';
import type { ConnectorError } from '../../../connectors/errors.ts';
import type { CallEvent } from '../../../connectors/transport/exchange.ts';
import type { Caller, Connectors } from '../../../connectors/types.ts';
import { MFA_PRINCIPAL } from '../../../mfa/identity.ts';
import type { Store } from '../../../store/types.ts';
import { oktaWith } from '../../kit/connectors.ts';
import { failure } from '../../kit/errors.ts';
import type { Settings } from '../../kit/settings.ts';
import type { Scope } from './last-run.ts';

/** The result of listing a scope. */
export interface Listed {
  users: number;
  /** Users first seen on each page, over all lists. */
  pages: number[];
  /** Number of requests made. */
  calls: number;
  /**
   * Last reported limit of the bucket shared with factor reads (null: no limit was reported);
   * absent: not read.
   */
  limit?: number | null;
}

interface Reader {
  okta: Connectors['okta'];
  caller: Caller;
}

/**
 * Counts the users of a scope as a check lists them: governed, audited, and within the scan quota.
 */
export async function listScope(
  settings: Settings,
  { store, okta: credentials, scope }: { store: Store; okta: OktaSettings; scope: Scope },
): Promise<Listed> {
  const observed: Pick<Listed, 'calls' | 'limit'> = { calls: 0 };
  const observe = ({ operation, status, rateLimit }: CallEvent): void => {
    if (operation === 'oauth:token') return;
    observed.calls += 1;
    if (operation === 'users:read' && status === 200) observed.limit = rateLimit?.limit ?? null;
  };
  const okta = await oktaWith(settings, {
    store,
    okta: credentials,
    observe,
    share: 'configured',
  });
  const reader = { okta, caller: callerOf(settings) };
  const ids = await groupIds(reader, scope.groups);
  const seen = new Set<string>();
  const pages: number[] = [];
  for (const groupId of ids.length > 0 ? ids : [null]) {
    for await (const users of pagesOf(reader, { statuses: scope.statuses, groupId })) {
      const before = seen.size;
      for (const { id } of users) seen.add(id);
      pages.push(seen.size - before);
    }
  }
  return { users: seen.size, pages, ...observed };
}

async function groupIds(
  { okta, caller }: Reader,
  references: readonly string[],
): Promise<string[]> {
  const ids: string[] = [];
  for (const reference of references) {
    const group = await withRetries(() => findGroup(okta, reference, { caller }));
    if ('problem' in group) throw failure('configuration', group.problem);
    ids.push(group.id);
  }
  return ids;
}

async function* pagesOf(
  { okta, caller }: Reader,
  list: ScopeList,
): AsyncGenerator<ScopePage['users']> {
  let page = 0;
  const read = (after: string | null): Promise<ScopePage> =>
    withRetries(() =>
      readScopePage(okta, { ...list, after }, { caller, subject: `page-${page++}` }),
    );
  for await (const { users } of readPages({ connector: 'okta', operation: 'users:read' }, read))
    yield users;
}

/** Uses the principal of the check, so that an estimate has no more permissions than the check. */
function callerOf({ config: { connectors } }: Settings): Caller {
  const run = randomUUID();
  const permitted = { okta: connectors.okta.operations };
  const surface = 'cli';
  return {
    principal: MFA_PRINCIPAL,
    authenticatedBy: 'cli',
    surface,
    workflowId: `estimate/${run}`,
    run,
    permitted,
  };
}

const TRIES = 4;
/** Retries a read that failed with a retryable error. */
async function withRetries<Result>(read: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (thrown) {
      const error = thrown as Partial<ConnectorError>;
      if (!error.retryable || attempt === TRIES) throw thrown;
      await delay(error.fields?.retryAfterMs ?? 500 * 2 ** attempt);
    }
  }
}
