import type { ApprovalSettings } from '../../config/schema/approval-settings.ts';
import type { Connectors } from '../../connectors/types.ts';
import type { Store } from '../../store/types.ts';

/** What governed operations and approvals work with; the worker provides it. */
export interface GovernedDeps {
  store: Store;
  /** Host of the Okta org. */
  org: string;
  connectors: Connectors;
  settings: () => ApprovalSettings;
  now: () => Date;
  random: () => number;
  flushCalls: () => Promise<void>;
}
