import { randomUUID } from 'node:crypto';
import type { AuditDraft, JsonObject } from '../../audit/types.ts';
import type { Store } from '../../store/types.ts';

/** Who changes keys, as recorded. */
export interface KeyActor {
  principal: string;
  authenticatedBy: AuditDraft['actor']['authenticatedBy'];
  /** Default `cli`. */
  surface?: AuditDraft['surface'];
}

interface KeyChange {
  kind: 'key.created' | 'key.revoked';
  /** Name of an access key or id of a signing key; never the key itself. */
  subject: string;
  outcome: JsonObject;
}

/** Records changes of keys in the audit trail; the changes themselves are made only after that. */
export async function auditKeys(
  store: Store,
  actor: KeyActor,
  changes: readonly KeyChange[],
): Promise<void> {
  const run = randomUUID();
  const at = new Date().toISOString();
  const { principal, authenticatedBy, surface = 'cli' } = actor;
  const common = {
    workflowId: `keys/${run}`,
    run,
    at,
    actor: { principal, authenticatedBy },
    surface,
  };
  await store.journal.append(changes.map((change): AuditDraft => ({ ...common, ...change })));
}
