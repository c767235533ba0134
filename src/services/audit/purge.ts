import { randomUUID } from 'node:crypto';
import type { AuditDraft, AuditEntry, AuditKind, JsonObject } from '../../audit/types.ts';
import { usualAuditAgeMs } from '../../config/schema/retention-settings.ts';
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
  await store.journal.append([
    ...(await retentionShortenedEntry(store, due, now)),
    entryOf(due, now),
  ]);
  const removed = await store.retention.remove(users.before, onPiece);
  const entries = audit.entries === 0 ? 0 : await store.audit.removal.remove(audit.upTo);
  return { users: { ...users, removed }, audit: { ...audit, entries } };
}

const entryOf = ({ users, audit }: Purge, now: Date): AuditDraft =>
  draftOf('data.purged', now, { audit: { ...audit }, users: { ...users } });

/**
 * An entry if the contents of audit entries are kept for a shorter time than at the last purge, or
 * at the first purge for a shorter time than usual. It is recorded before they are removed.
 */
async function retentionShortenedEntry(
  { audit }: PurgeStore,
  { audit: { before } }: Purge,
  now: Date,
): Promise<AuditDraft[]> {
  const last = (await audit.list({ kind: 'data.purged' })).at(-1)?.entry;
  const fromMs = (last && ageOf(last)) ?? usualAuditAgeMs();
  const toMs = now.getTime() - Date.parse(before);
  return toMs < fromMs ? [draftOf('retention.shortened', now, { audit: { fromMs, toMs } })] : [];
}

/** How long the contents of entries were kept at a purge, in milliseconds; undefined if unknown. */
function ageOf({ at, outcome }: AuditEntry): number | undefined {
  const { before } = (outcome?.['audit'] ?? {}) as { before?: unknown };
  return typeof before === 'string' ? Date.parse(at) - Date.parse(before) : undefined;
}

function draftOf(kind: AuditKind, now: Date, outcome: JsonObject): AuditDraft {
  const run = randomUUID();
  return {
    workflowId: `purge/${run}`,
    run,
    kind,
    subject: run,
    sequence: 0,
    at: now.toISOString(),
    // Anyone who can open the store may remove data from it, so no further proof is required.
    actor: { principal: 'cli:arx', authenticatedBy: 'none' },
    surface: 'cli',
    outcome,
  };
}
