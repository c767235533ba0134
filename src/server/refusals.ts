import { ANONYMOUS } from '../governance/principal.ts';
import type { AuditDraft } from '../audit/types.ts';
import type { ActionRecord } from '../store/governance-types.ts';
import { MinuteCap } from './minute-cap.ts';
import type { ServerParts } from './types.ts';

/** Refusals of one minute that are put on record at most. */
export const A_MINUTE = 60;

/** Puts answers that were refused before an approval saw them into the trail of their request. */
export class RefusalTrail {
  readonly #parts: Pick<ServerParts, 'store' | 'now' | 'log'>;
  readonly #cap: MinuteCap;

  constructor(parts: Pick<ServerParts, 'store' | 'now' | 'log'>) {
    this.#parts = parts;
    this.#cap = new MinuteCap(A_MINUTE, parts.now);
  }

  /** Never throws: the refusal stands whether or not it could be recorded. */
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
      else log.warn({ code }, 'an answer was refused');
    } catch (thrown) {
      log.error(
        { code, error: (thrown as Error).name },
        'an answer was refused, and that could not be recorded',
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
