import type { AuditDraft } from '../audit/types.ts';
import type { ActionRecord } from '../store/governance-types.ts';
import type { ServerParts } from './types.ts';

/** Refusals of one minute that are put on record at most: whoever knocks must not fill the trail. */
const A_MINUTE = 60;
const MINUTE_MS = 60_000;

/** Puts answers that were refused before an approval saw them into the trail of their request. */
export class RefusalTrail {
  readonly #parts: Pick<ServerParts, 'store' | 'now' | 'log'>;
  #minute = 0;
  #written = 0;

  constructor(parts: Pick<ServerParts, 'store' | 'now' | 'log'>) {
    this.#parts = parts;
  }

  /** Never throws: the refusal stands whether or not it could be recorded. */
  async write(requestId: string | null, code: string, by: Pick<AuditDraft['actor'], 'authenticatedBy'>): Promise<void> {
    const { store, log } = this.#parts;
    try {
      const record = requestId === null || !this.#mayWrite() ? null : await store.requests.get(requestId);
      if (record?.approval) await store.journal.append([this.#draft(record, code, by)]);
      else log.warn({ code }, 'an answer was refused');
    } catch (thrown) {
      log.error({ code, error: (thrown as Error).name }, 'an answer was refused, and that could not be recorded');
    }
  }

  #draft(record: ActionRecord, code: string, by: Pick<AuditDraft['actor'], 'authenticatedBy'>): AuditDraft {
    const { workflowId, run, requestId } = record;
    return {
      ...{ workflowId, run, kind: 'approval.refused', subject: requestId },
      at: this.#parts.now().toISOString(),
      actor: { principal: 'user:anonymous', ...by },
      surface: 'slack',
      outcome: { code, person: null },
    };
  }

  #mayWrite(): boolean {
    const minute = Math.floor(this.#parts.now().getTime() / MINUTE_MS);
    if (minute !== this.#minute) [this.#minute, this.#written] = [minute, 0];
    this.#written += 1;
    return this.#written <= A_MINUTE;
  }
}
