import type { AuditDraft, JsonObject } from '../../audit/types.ts';
import type { FlowConfig, FlowService } from '../../services/flows/types.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import type { GovernedDeps } from '../governance/deps.ts';
import type { UsesStore } from '../support/parts.ts';

type Repositories = 'attempts' | 'flows' | 'journal' | 'requests' | 'snapshots';

/** Everything that the activities of delegated flows use together; the worker provides it. */
export interface FlowDeps extends UsesStore<Repositories>, Omit<GovernedDeps, 'org' | 'store'> {
  flowService: Pick<FlowService, 'admit' | 'openChildren'>;
  /** Drafts an audit entry about a run, in the name of its caller. */
  draft: (
    record: Pick<FlowRunRecord, 'run' | 'workflowId' | 'caller'>,
    what: { kind: AuditDraft['kind']; at: string; outcome: JsonObject },
  ) => AuditDraft;
  /** The flows, as currently defined in their files. */
  flowConfig: () => Pick<FlowConfig, 'flows'>;
  /** Whether the server has the search attributes of delegated flows. */
  searchable: () => boolean;
}
