import { AttemptFence } from './journal/attempts.ts';
import type { CurrentAttempt } from './journal/attempts.ts';
import { sqlClock } from './clock.ts';
import { connect, probe } from './connection.ts';
import { createJournal } from './journal/journal.ts';
import { migrateToLatest, pendingMigrations } from './migrate.ts';
import { createAuthorityGroupRepository } from './repositories/authority-groups.ts';
import { createAuditReader } from './repositories/audit-reader.ts';
import { createAuditSinkRepository } from './repositories/audit-sinks.ts';
import { createAuditTree } from './repositories/audit-tree.ts';
import { createCallLedger } from './repositories/calls.ts';
import {
  createAuditKeyRepository,
  createCheckpointRepository,
} from './repositories/checkpoints.ts';
import { createDeltaRepository } from './repositories/deltas.ts';
import { createEnrichmentRepository } from './repositories/enrichments.ts';
import { createFlowRunRepository } from './repositories/flows.ts';
import { createFlowSettingsRepository } from './repositories/flow-settings.ts';
import { createGrantRepository } from './repositories/grants.ts';
import { createInputLedger } from './repositories/inputs.ts';
import { createKeyRepository } from './repositories/keys.ts';
import { createLeaseRepository } from './repositories/leases.ts';
import { createMessageLedger } from './repositories/messages.ts';
import { createNameReader } from './repositories/names.ts';
import { createRateBucketRepository } from './repositories/rate-buckets.ts';
import { createReferenceReader } from './repositories/references.ts';
import { createRequestRepository } from './repositories/requests.ts';
import { createRetentionRepository } from './repositories/retention.ts';
import { createRunRepository } from './repositories/runs.ts';
import { createSignatureLedger } from './repositories/signatures.ts';
import { createSnapshotRepository } from './repositories/snapshots.ts';
import { createTicketLedger } from './repositories/tickets.ts';
import { createTwinStore } from './repositories/twin-store.ts';
import { createRunUserRepository } from './repositories/users.ts';
import type { Store } from './types.ts';

export interface StoreOptions {
  /** `postgres://…`: a PostgreSQL server, or PGlite behind its socket. */
  databaseUrl: string;
  /** Maximum number of connections of this process; default 10. */
  maxConnections?: number;
  /**
   * How long the database may take to respond, milliseconds; default 4,000. A process that waits for
   * others, such as a migration on the embedded store, is more patient.
   */
  patienceMs?: number;
  /** Replaces the database's clock for leases; for tests. */
  now?: () => Date;
  /**
   * Returns the activity attempt that is writing, so that writes of overtaken attempts are refused.
   * Default: none.
   */
  currentAttempt?: CurrentAttempt;
}

/**
 * Opens the store and checks that it responds. Throws StoreUnavailableError. Does not change the
 * schema; see `migrate`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { databaseUrl, maxConnections = 10, patienceMs, now, currentAttempt } = options;
  await probe(databaseUrl, patienceMs);
  const db = connect(databaseUrl, maxConnections);
  const fence = new AttemptFence(db, currentAttempt);
  return {
    attempts: fence,
    journal: createJournal(db, currentAttempt),
    audit: createAuditReader(db),
    auditTree: createAuditTree(db),
    auditSinks: createAuditSinkRepository(db),
    auditKeys: createAuditKeyRepository(db),
    checkpoints: createCheckpointRepository(db),
    runs: createRunRepository(db, fence),
    users: createRunUserRepository(db, fence),
    deltas: createDeltaRepository(db),
    tickets: createTicketLedger(db, sqlClock(now), fence),
    messages: createMessageLedger(db, fence),
    calls: createCallLedger(db),
    snapshots: createSnapshotRepository(db, now),
    requests: createRequestRepository(db, fence),
    grants: createGrantRepository(db),
    inputs: createInputLedger(db),
    authorityGroups: createAuthorityGroupRepository(db),
    keys: createKeyRepository(db),
    signatures: createSignatureLedger(db),
    rateBuckets: createRateBucketRepository(db),
    twin: createTwinStore(db),
    enrichments: createEnrichmentRepository(db, sqlClock(now)),
    flows: createFlowRunRepository(db),
    flowSettings: createFlowSettingsRepository(db),
    names: createNameReader(db),
    references: createReferenceReader(db),
    leases: createLeaseRepository(db, sqlClock(now), fence),
    retention: createRetentionRepository(db, now),
    migrate: () => migrateToLatest(db),
    pendingMigrations: () => pendingMigrations(db),
    ping: () => probe(databaseUrl),
    close: () => db.destroy(),
  };
}
