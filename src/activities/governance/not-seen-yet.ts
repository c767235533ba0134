import { Context } from '@temporalio/activity';
import { ConnectorError } from '../../connectors/errors.ts';
import type { AccountConnector } from '../../flows/types.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import { readTargetState } from '../flows/target-state.ts';
import { backoffMs, retryIn } from '../support/failures.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../support/parts.ts';
import type { TargetFacts } from './facts.ts';
import { recordNoEffect } from './interrupted.ts';
import { readerOf } from './user-reader.ts';

/** Attempts, about a minute, in which a target that can be read may stay unknown to its write. */
const NOT_SEEN_ATTEMPTS = 7;

interface FailedWrite {
  record: ActionRecord;
  /** As read right before the call. */
  facts: TargetFacts;
  error: unknown;
}

/**
 * Makes a request ready again whose write did not find what was read right before it, because the copies
 * of a vendor differ for a while. Throws the failure after which the activity makes the call again;
 * returns if it is not worth another try.
 */
export async function retryIfNotSeenYet(
  deps: UsesStore<'grants' | 'journal' | 'requests'> & UsesConnectors<AccountConnector> & UsesClock,
  { record, facts, error }: FailedWrite,
): Promise<void> {
  const { attempt } = Context.current().info;
  if (!isNotFound(error) || attempt >= NOT_SEEN_ATTEMPTS || !wasRead(facts)) return;
  if (!(await isReadable(deps, record))) return;
  await recordNoEffect(deps, record, 'not_seen_yet');
  throw retryIn(
    backoffMs(attempt),
    'not_found',
    'the target can be read, but the call did not find it yet; arx will make it again',
  );
}

const isNotFound = (error: unknown): boolean =>
  error instanceof ConnectorError && error.code === 'not_found' && error.fields.status === 404;

/** Whether the user whom the call affects was read. */
const wasRead = ({ state }: TargetFacts): boolean => state !== null && state['gone'] !== true;

/** Whether everything that the call needs can be read: the account, and for a membership its group. */
async function isReadable(
  { connectors }: UsesConnectors<AccountConnector>,
  record: ActionRecord,
): Promise<boolean> {
  const { connector, operation, args } = record;
  // Okta names the groups of a user, which does not show that another group exists.
  if (connector === 'okta' && (args['groupId'] ?? args['appId']) !== undefined) return false;
  const reader = { connectors, caller: readerOf(record) };
  const call = { operation: `${connector}:${operation}`, args };
  return (await readTargetState(reader, call, 'again')) === 'ready';
}
