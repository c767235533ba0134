import type { JsonObject } from '../../audit/types.ts';
import type { OnWrite } from '../../connectors/pipeline/writes.ts';
import type { EnrichmentRepository } from '../../store/enrichment-types.ts';
import type { StoreTransaction } from '../../store/types.ts';

/**
 * While a write may still be under way, a wait for the rate limit included, nothing is kept of whom
 * it is about.
 */
const IN_PROGRESS_MS = 600_000;

/** Writes to groups that show in the answers about whoever is in them. */
const GROUP_WRITES: ReadonlySet<string> = new Set(['groups:update', 'groups:delete']);

/**
 * Forgets what is kept of an account when arx itself writes to it: before the call, and again when
 * it has ended.
 */
export function forgetOnWrite(enrichments: EnrichmentRepository, org: string): OnWrite {
  return ({ connector, operation, input, phase }) => {
    if (connector !== 'okta') return null;
    const { userId } = input as JsonObject;
    const aboutUser = typeof userId === 'string';
    if (!aboutUser && operation !== 'users:create' && !GROUP_WRITES.has(operation)) return null;
    const forMs = phase === 'intent' ? IN_PROGRESS_MS : 0;
    // Who is created had no answer yet but that there is nobody, which goes with every write.
    const whom = aboutUser ? userId : operation === 'users:create' ? '' : null;
    return (tx: StoreTransaction) => enrichments.drop(tx, { org, userId: whom, forMs });
  };
}
