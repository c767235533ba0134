import type { JsonObject } from '../../audit/types.ts';
import type { OnWrite } from '../../connectors/pipeline/writes.ts';
import type { EnrichmentRepository } from '../../store/enrichment-types.ts';
import type { StoreTransaction } from '../../store/types.ts';

/**
 * While a write may still be in progress (waiting for the rate limit included), nothing about its
 * target is cached.
 */
const IN_PROGRESS_MS = 600_000;

/** Writes to groups, which show in the answers about all their members. */
const GROUP_WRITES: ReadonlySet<string> = new Set(['groups:update', 'groups:delete']);

/**
 * Drops the cached answers about an account when arx writes to it: before the call, and again after
 * it.
 */
export function forgetOnWrite(enrichments: EnrichmentRepository, org: string): OnWrite {
  return ({ connector, operation, input, phase }) => {
    if (connector !== 'okta') return null;
    const { userId } = input as JsonObject;
    const aboutUser = typeof userId === 'string';
    if (!aboutUser && operation !== 'users:create' && !GROUP_WRITES.has(operation)) return null;
    const forMs = phase === 'intent' ? IN_PROGRESS_MS : 0;
    // A created user can only have the cached answer "not found", which every write drops.
    const target = aboutUser ? userId : operation === 'users:create' ? '' : null;
    return (tx: StoreTransaction) => enrichments.drop(tx, { org, userId: target, forMs });
  };
}
