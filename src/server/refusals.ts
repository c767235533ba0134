import { ANONYMOUS } from '../governance/principal.ts';
import type { AuditDraft } from '../audit/types.ts';
import type { ActionRecord } from '../store/governance-types.ts';
import { MinuteCap } from './minute-cap.ts';
import type { ServerParts } from './types.ts';

/** Most refusals of one caller that are recorded per minute; strangers together are one caller. */
export const MAX_RECORDED_PER_MINUTE = 60;

/** Records decisions that were refused before they reached their approval. */
export class RefusalTrail {
  readonly #parts: Pick<ServerParts, 'store' | 'now' | 'log'>;
  readonly #cap: MinuteCap;

  constructor(parts: Pick<ServerParts, 'store' | 'now' | 'log'>) {
    this.#parts = parts;
    this.#cap = new MinuteCap(MAX_RECORDED_PER_MINUTE, parts.now);
  }

  /**
   * `slackUser`: the id that Slack's signature proves, else null. Never throws: the refusal is valid even if it cannot be
   * recorded.
   */
  async write(requestId: string | null, code: string, slackUser: string | null): Promise<void> {
    const { store, log } = this.#parts;
    try {
      const record =
        requestId === null || !this.#cap.take(slackUser === null ? 'strangers' : { slackUser })
          ? null
          : await store.requests.get(requestId);
      if (record?.approval)
        await store.journal.append([
          this.#draft(record, code, slackUser === null ? 'none' : 'slack'),
        ]);
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
    authenticatedBy: AuditDraft['actor']['authenticatedBy'],
  ): AuditDraft {
    const { workflowId, run, requestId } = record;
    return {
      workflowId,
      run,
      kind: 'approval.refused',
      subject: requestId,
      at: this.#parts.now().toISOString(),
      actor: { principal: ANONYMOUS, authenticatedBy },
      surface: 'slack',
      outcome: { code, person: null },
    };
  }
}
