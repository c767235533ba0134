/**
 * Thrown when an audit id returns with different content. This is an alarm and is never retried.
 * Nothing of the append was written.
 */
export class AuditConflictError extends Error {
  override readonly name = 'AuditConflictError';
  readonly code = 'audit_conflict';
  readonly id: string;
  constructor(id: string) {
    super(
      `audit entry ${id} is already recorded with different content; nothing was written. Find out who wrote it.`,
    );
    this.id = id;
  }
}

/**
 * Thrown when an activity attempt writes after a later attempt of the same activity has started,
 * because it timed out while it was still running. The overtaken attempt must stop before its next
 * call; the later one repeats what is missing.
 */
export class OvertakenError extends Error {
  override readonly name = 'OvertakenError';
  readonly code = 'overtaken';
  constructor(attempt: number) {
    super(`attempt ${attempt} of this activity was overtaken by a later attempt; it stops`);
  }
}

/**
 * Thrown when the trail cannot be written; nothing may be sent then. `detail` is a short text by
 * arx, and there is no `cause`.
 */
export class AuditUnavailableError extends Error {
  override readonly name = 'AuditUnavailableError';
  readonly code = 'audit_unavailable';
  constructor(detail: string) {
    super(`the audit trail cannot be written (${detail}): nothing was sent`);
  }
}

/**
 * Thrown for a draft without a canonical form or a usable identity (a lone surrogate, NaN, a NUL in
 * an id).
 */
export class AuditDraftError extends Error {
  override readonly name = 'AuditDraftError';
  readonly code = 'audit_draft';
}

/**
 * Thrown for a note, checkpoint or key that is malformed, belongs to another log, or is not signed
 * as required.
 */
export class NoteError extends Error {
  override readonly name = 'NoteError';
  readonly code = 'audit_note';
}

/**
 * Thrown when no checkpoint can be signed: the key is missing or retired, or the trail is not
 * intact. Entries are not changed.
 */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly code: 'audit_key_missing' | 'audit_key_foreign' | 'audit_key_retired' | 'audit_broken';
  constructor(code: CheckpointError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
