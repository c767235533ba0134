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

/** A call to a vendor whose entry could not be written. */
export interface UnrecordedCall {
  /** The vendor and the operation, such as `okta users:suspend`. */
  call: string;
  write: boolean;
  /** True for the entry of the outcome: the vendor may have carried out the call. */
  sent: boolean;
}

/**
 * Thrown when the trail cannot be written: to the store, or to the sink that arx.yaml requires
 * (`audit_sink_unavailable`). `detail` is a short text by arx, and there is no `cause`. The pipeline
 * adds the call: if `sent` is false, the vendor has received nothing; if it is true, a write may have
 * taken effect, and the answer of a read is dropped.
 */
export class AuditUnavailableError extends Error {
  override readonly name = 'AuditUnavailableError';
  readonly code: 'audit_unavailable' | 'audit_sink_unavailable';
  readonly detail: string;
  readonly sent: boolean | null;
  readonly remedy: string;
  constructor(
    detail: string,
    unrecorded: UnrecordedCall | null = null,
    code: AuditUnavailableError['code'] = 'audit_unavailable',
  ) {
    super(unavailableMessage(WHAT[code], detail, unrecorded));
    this.code = code;
    this.detail = detail;
    this.sent = unrecorded?.sent ?? null;
    this.remedy = REMEDIES[code];
  }
}

const WHAT = {
  audit_unavailable: 'the audit trail',
  audit_sink_unavailable: 'the required sink of the audit trail',
} as const;
const REMEDIES = {
  audit_unavailable: 'Make the store work: `arx doctor` shows what is wrong. Then try again.',
  audit_sink_unavailable:
    'Make the sink work: `arx doctor` shows what is wrong and how many entries are missing there. Calls continue on their own afterwards.',
} as const;

function unavailableMessage(
  what: string,
  detail: string,
  unrecorded: UnrecordedCall | null,
): string {
  if (!unrecorded) return `${what} cannot be written (${detail})`;
  const { call, write, sent } = unrecorded;
  if (!sent) return `${call}: ${what} cannot be written (${detail}); nothing was sent`;
  return write
    ? `${call} was sent, but its outcome could not be recorded (${detail}): read the target before you try again`
    : `${call} was sent, but it could not be recorded (${detail}), so its answer is not used: try again`;
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
