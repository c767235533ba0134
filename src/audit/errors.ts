/** Thrown when an audit id returns with other content: an alarm, never retried. Nothing of the append was written. */
export class AuditConflictError extends Error {
  override readonly name = 'AuditConflictError';
  readonly code = 'audit_conflict';
  readonly id: string;
  constructor(id: string) {
    super(`audit entry ${id} is recorded already with other content; nothing was written: find out who wrote it`);
    this.id = id;
  }
}

/** Thrown when the trail cannot be written: nothing may be sent then. Carries no cause but a short text of ours. */
export class AuditUnavailableError extends Error {
  override readonly name = 'AuditUnavailableError';
  readonly code = 'audit_unavailable';
  constructor(detail: string) {
    super(`the audit trail cannot be written (${detail}): nothing was sent`);
  }
}

/** Thrown for a draft that has no canonical form or no usable identity (a lone surrogate, NaN, a NUL in an id). */
export class AuditDraftError extends Error {
  override readonly name = 'AuditDraftError';
  readonly code = 'audit_draft';
}
