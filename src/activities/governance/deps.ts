import type { ApprovalSettings } from '../../config/schema/approval-settings.ts';
import type { Connectors } from '../../connectors/types.ts';
import type { UsesClock, UsesStore } from '../support/parts.ts';

type Repositories =
  | 'attempts'
  | 'audit'
  | 'authorityGroups'
  | 'grants'
  | 'inputs'
  | 'journal'
  | 'keys'
  | 'leases'
  | 'messages'
  | 'requests'
  | 'snapshots';

/** Everything that governed operations and approvals use together; the worker provides it. */
export interface GovernedDeps extends UsesStore<Repositories>, UsesClock {
  /** Host of the Okta org. */
  org: string;
  /** All of them: a governed operation calls the connector that it names. */
  connectors: Connectors;
  settings: () => ApprovalSettings;
  random: () => number;
  flushCalls: () => Promise<void>;
}
