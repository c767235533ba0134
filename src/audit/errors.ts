/**
 * Thrown when an audit id returns with other content: an alarm, never retried. Nothing of the
 * append was written.
 */
export class AuditConflictError extends Error {
  override readonly name = 'AuditConflictError';
  readonly code = 'audit_conflict';
  readonly id: string;
  constructor(id: string) {
    super(
      `audit entry ${id} is recorded already with other content; nothing was written: find out who wrote it`,
    );
    this.id = id;
  }
}

/**
 * Thrown when an activity attempt writes after a later attempt of the same activity has begun: it
 * timed out while it was still at work. The overtaken attempt must stop before its next call; the
 * later one repeats what is missing.
 */
export class OvertakenError extends Error {
  override readonly name = 'OvertakenError';
  readonly code = 'overtaken';
  constructor(attempt: number) {
    super(`attempt ${attempt} of this activity was overtaken by a later attempt; it stops`);
  }
}

/**
 * Thrown when the trail cannot be written: nothing may be sent then. Carries no cause but a short
 * text of ours.
 */
export class AuditUnavailableError extends Error {
  override readonly name = 'AuditUnavailableError';
  readonly code = 'audit_unavailable';
  constructor(detail: string) {
    super(`the audit trail cannot be written (${detail}): nothing was sent`);
  }
}

/**
 * Thrown for a draft that has no canonical form or no usable identity (a lone surrogate, NaN, a NUL
 * in an id).
 */
export class AuditDraftError extends Error {
  override readonly name = 'AuditDraftError';
  readonly code = 'audit_draft';
}

/**
 * Thrown for a note, checkpoint or key that is not of its form, of another log, or not signed as it
 * should be.
 */
export class NoteError extends Error {
  override readonly name = 'NoteError';
  readonly code = 'audit_note';
}

/**
 * Thrown when no checkpoint can be signed: no key, a retired one, or a trail that is not whole.
 * Entries are not touched.
 */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly code: 'audit_key_missing' | 'audit_key_foreign' | 'audit_key_retired' | 'audit_broken';
  constructor(code: CheckpointError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
