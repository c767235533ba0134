import { ANONYMOUS } from '../governance/principal.ts';
import type { AuditDraft } from '../audit/types.ts';
import type { ActionRecord } from '../store/governance-types.ts';
import { MinuteCap } from './minute-cap.ts';
import type { ServerParts } from './types.ts';

/** Most refusals that are recorded per minute. */
export const MAX_RECORDED_PER_MINUTE = 60;

/** Records decisions that were refused before they reached their approval. */
export class RefusalTrail {
  readonly #parts: Pick<ServerParts, 'store' | 'now' | 'log'>;
  readonly #cap: MinuteCap;

  constructor(parts: Pick<ServerParts, 'store' | 'now' | 'log'>) {
    this.#parts = parts;
    this.#cap = new MinuteCap(MAX_RECORDED_PER_MINUTE, parts.now);
  }

  /** Never throws: the refusal is valid even if it cannot be recorded. */
  async write(
    requestId: string | null,
    code: string,
    by: Pick<AuditDraft['actor'], 'authenticatedBy'>,
  ): Promise<void> {
    const { store, log } = this.#parts;
    try {
      const record =
        requestId === null || !this.#cap.take() ? null : await store.requests.get(requestId);
      if (record?.approval) await store.journal.append([this.#draft(record, code, by)]);
      else log.warn({ code }, 'a decision was refused');
    } catch (thrown) {
      log.error(
        { code, error: (thrown as Error).name },
        'a decision was refused, but the refusal could not be recorded',
      );
    }
  }

  #draft(
    record: ActionRecord,
    code: string,
    by: Pick<AuditDraft['actor'], 'authenticatedBy'>,
  ): AuditDraft {
    const { workflowId, run, requestId } = record;
    return {
      workflowId,
      run,
      kind: 'approval.refused',
      subject: requestId,
      at: this.#parts.now().toISOString(),
      actor: { principal: ANONYMOUS, ...by },
      surface: 'slack',
      outcome: { code, person: null },
    };
  }
}
