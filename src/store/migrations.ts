import type { Migration } from 'kysely/migration';
import * as runs from './migrations/0001-runs.ts';
import * as tickets from './migrations/0002-tickets.ts';
import * as audit from './migrations/0003-audit.ts';
import * as requests from './migrations/0010-requests.ts';
import * as checkpoints from './migrations/0011-checkpoints.ts';
import * as signatures from './migrations/0012-seen-signatures.ts';
import * as rateBuckets from './migrations/0013-rate-buckets.ts';
import * as twin from './migrations/0014-twin.ts';
import * as deltas from './migrations/0016-deltas.ts';
import * as verdictsInPlace from './migrations/0017-verdicts-in-place.ts';
import * as enrichments from './migrations/0018-enrichments.ts';
import * as twinJudged from './migrations/0019-twin-judged.ts';
import * as flows from './migrations/0020-flows.ts';
import * as removedEntries from './migrations/0021-removed-entries.ts';
import * as leases from './migrations/0022-leases.ts';
import * as retention from './migrations/0023-retention.ts';
import * as attempts from './migrations/0024-attempts.ts';
import * as missedMessages from './migrations/0025-missed-messages.ts';
import * as keyScopes from './migrations/0026-key-scopes.ts';
import * as ticketRefusals from './migrations/0027-ticket-refusals.ts';
import * as usedInputs from './migrations/0028-used-inputs.ts';
import * as activated from './migrations/0029-activated.ts';
import * as authorityGroups from './migrations/0030-authority-groups.ts';
import * as flowErrors from './migrations/0031-flow-errors.ts';
import * as people from './migrations/0032-people.ts';
import * as exceptions from './migrations/0033-exceptions.ts';
import * as auditSinks from './migrations/0034-audit-sinks.ts';

/**
 * Every migration by name, in the order of application. Released migrations are never edited; add a
 * new file.
 */
export const MIGRATIONS: Record<string, Migration> = {
  '0001-runs': runs,
  '0002-tickets': tickets,
  '0003-audit': audit,
  '0010-requests': requests,
  '0011-checkpoints': checkpoints,
  '0012-seen-signatures': signatures,
  '0013-rate-buckets': rateBuckets,
  '0014-twin': twin,
  '0016-deltas': deltas,
  '0017-verdicts-in-place': verdictsInPlace,
  '0018-enrichments': enrichments,
  '0019-twin-judged': twinJudged,
  '0020-flows': flows,
  '0021-removed-entries': removedEntries,
  '0022-leases': leases,
  '0023-retention': retention,
  '0024-attempts': attempts,
  '0025-missed-messages': missedMessages,
  '0026-key-scopes': keyScopes,
  '0027-ticket-refusals': ticketRefusals,
  '0028-used-inputs': usedInputs,
  '0029-activated': activated,
  '0030-authority-groups': authorityGroups,
  '0031-flow-errors': flowErrors,
  '0032-people': people,
  '0033-exceptions': exceptions,
  '0034-audit-sinks': auditSinks,
};
