import type { AuditDraft, JsonObject } from '../../audit/types.ts';
import type { FlowBook, FlowService } from '../../services/flows/types.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import type { GovernedDeps } from '../governance/deps.ts';

/** What delegated flows work with; the worker provides it. */
export interface FlowDeps extends GovernedDeps {
  flowService: Pick<FlowService, 'admit' | 'openChildren'>;
  /** An entry about a run, by its caller. */
  draft: (
    record: Pick<FlowRunRecord, 'run' | 'workflowId' | 'caller'>,
    what: { kind: AuditDraft['kind']; at: string; outcome: JsonObject },
  ) => AuditDraft;
  /** The flows as their files are now. */
  book: () => Pick<FlowBook, 'flows'>;
  /** Whether the server has the search attributes of delegated flows. */
  searchable: () => boolean;
}
