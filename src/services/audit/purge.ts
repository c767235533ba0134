import { randomUUID } from 'node:crypto';
import type { RetentionCut } from '../../config/schema/retention-settings.ts';
import { makeCheckpoint } from '../../store/journal/checkpointer.ts';
import type { CheckpointParts } from '../../store/journal/checkpointer.ts';
import type { RemovalCounts } from '../../store/retention-types.ts';
import type { Store } from '../../store/types.ts';

type PurgeStore = Pick<Store, 'retention' | 'audit' | 'journal'>;

/**
 * Data past its retention period: personal data by kind, and audit entries that still have their
 * content.
 */
export interface Purge {
  users: { before: string; removed: RemovalCounts };
  /** `upTo`: index after the last of these entries. */
  audit: { before: string; upTo: number; entries: number };
}

/** Counts the data that is due; changes nothing. */
export async function duePurge(
  { retention, audit }: PurgeStore,
  cut: RetentionCut,
): Promise<Purge> {
  const removed = await retention.due(cut.users);
  return {
    users: { before: cut.users, removed },
    audit: { before: cut.audit, ...(await audit.removal.due(cut.audit)) },
  };
}

/** True if nothing is due. */
export const isNothing = ({ users, audit }: Purge): boolean =>
  Object.keys(users.removed).length === 0 && audit.entries === 0;

/** Codes for a checkpoint key that is elsewhere: other processes sign the audit trail. */
const KEY_ELSEWHERE = ['audit_key_missing', 'audit_key_foreign', 'audit_key_retired'];

/**
 * Signs the audit trail as it is now, because only entries covered by a checkpoint may lose their
 * content. If the key is elsewhere, the checkpoints of the workers have to suffice; returns the
 * reason in that case, else null. Throws CheckpointError `audit_broken`.
 */
export async function signForPurge(parts: CheckpointParts): Promise<string | null> {
  try {
    await makeCheckpoint(parts, null);
    return null;
  } catch (thrown) {
    if (KEY_ELSEWHERE.includes((thrown as { code?: string }).code ?? ''))
      return (thrown as Error).message;
    throw thrown;
  }
}

/**
 * Removes the data that is due, after recording it in the audit trail. If a purge is interrupted,
 * the rest is due again. Returns what this call removed.
 */
export async function carryOutPurge(
  store: PurgeStore,
  due: Purge,
  { now, onPiece }: { now: Date; onPiece?: (what: string, rows: number) => void },
): Promise<Purge> {
  const { users, audit } = due;
  await record(store, due, now);
  const removed = await store.retention.remove(users.before, onPiece);
  const entries = audit.entries === 0 ? 0 : await store.audit.removal.remove(audit.upTo);
  return { users: { ...users, removed }, audit: { ...audit, entries } };
}

async function record({ journal }: PurgeStore, { users, audit }: Purge, now: Date): Promise<void> {
  const run = randomUUID();
  // Anyone who can open the store may remove data from it, so no further proof is required.
  const actor = { principal: 'cli:arx', authenticatedBy: 'none' } as const;
  const about = {
    workflowId: `purge/${run}`,
    run,
    kind: 'data.purged',
    subject: run,
    sequence: 0,
  } as const;
  const outcome = { audit: { ...audit }, users: { ...users } };
  await journal.append([{ ...about, at: now.toISOString(), actor, surface: 'cli', outcome }]);
}
