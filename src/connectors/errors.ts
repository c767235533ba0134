import type { ConnectorName, Decision } from '../governance/types.ts';

/** The kind of failure, the same for all vendors. */
export type ConnectorErrorCode =
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'invalid'
  | 'rate_limited'
  | 'unavailable'
  | 'malformed'
  | 'cancelled';

export interface ConnectorErrorFields {
  connector: ConnectorName;
  operation: string;
  code: ConnectorErrorCode;
  /** HTTP status; null without a response. */
  status: number | null;
  /** The vendor's own code, such as E0000047 or `channel_not_found`; never free text. */
  vendorCode: string | null;
  /** A short sentence by arx: no bodies, headers or personal data. */
  message: string;
  /**
   * The write may have been accepted, although no usable response arrived. Always false for reads.
   */
  ambiguous: boolean;
  /** How long to wait before retrying; null if the vendor did not specify it. */
  retryAfterMs: number | null;
  requestId: string | null;
  /**
   * By the vendor's code: whether another try may succeed; `unknown` for an answer that does not tell
   * what happened. Absent: as usual for the kind of failure.
   */
  lasts?: 'lasting' | 'passing' | 'unknown';
  /** What to do about it, in the words of arx. */
  remedy?: string;
}

/** What the vendor said, in its own words; null for what it did not say. */
export interface VendorWords {
  /** Cleaned and cut by `cleanWords`. */
  message: string | null;
  /** The name of a field of the request or object. */
  field: string | null;
}

const NO_WORDS: VendorWords = { message: null, field: null };

/**
 * Thrown for every failure of a call to a vendor. It has only the listed fields; a cause is never
 * attached.
 */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly fields: ConnectorErrorFields;
  readonly #words: VendorWords;
  constructor(fields: ConnectorErrorFields, words: VendorWords = NO_WORDS) {
    super(`${fields.connector} ${fields.operation}: ${fields.message}`);
    this.fields = fields;
    this.#words = words;
  }
  /**
   * What the vendor said, cleaned and cut by `cleanWords`; null if it said nothing. It may name
   * people: it is stored and shown, but never logged, audited or put into a history. It is private,
   * so that nothing that copies or prints an error takes it along.
   */
  get vendorMessage(): string | null {
    return this.#words.message;
  }
  /** The field that the vendor's refusal is about; as private as the vendor's words. */
  get vendorField(): string | null {
    return this.#words.field;
  }
  get code(): ConnectorErrorCode {
    return this.fields.code;
  }
  /** Whether a later retry may succeed. */
  get retryable(): boolean {
    return this.fields.lasts !== 'lasting' && RETRYABLE[this.fields.code];
  }
}

/**
 * Thrown for a list that never ends: the vendor gives a page token again, or more pages than any list
 * has. Another try would read the same pages, so it is never retried.
 */
export class EndlessListError extends ConnectorError {
  constructor({ connector, operation }: Pick<ConnectorErrorFields, 'connector' | 'operation'>) {
    super({
      connector,
      operation,
      code: 'malformed',
      status: null,
      vendorCode: null,
      message:
        'the list does not end: a page leads back to an earlier one. Start again; if it repeats, report it to the vendor',
      ambiguous: false,
      retryAfterMs: null,
      requestId: null,
    });
  }
  override get retryable(): boolean {
    return false;
  }
}

const RETRYABLE: Record<ConnectorErrorCode, boolean> = {
  unauthenticated: false,
  forbidden: false,
  not_found: false,
  conflict: false,
  invalid: false,
  rate_limited: true,
  unavailable: true,
  malformed: true,
  cancelled: false,
};

/** Thrown before anything is sent if the store cannot be asked for the grant of a request. */
export class GrantUnavailableError extends Error {
  override readonly name = 'GrantUnavailableError';
  readonly code = 'grant_unavailable';
  constructor(requestId: string) {
    super(`the grant of request ${requestId} could not be read; nothing was sent`);
  }
}

/**
 * Why a call was refused: the code of the decision, `approval_required` without a matching
 * grant, or `target_unchecked` if nobody has checked whose access the call takes away.
 */
type RefusalCode = Decision['code'] | 'approval_required' | 'target_unchecked';

/**
 * Thrown before anything is sent if the policies do not allow the operation, or require approval
 * for it.
 */
export class PolicyDeniedError extends Error {
  override readonly name = 'PolicyDeniedError';
  readonly decision: Decision;
  readonly code: RefusalCode;
  constructor(decision: Decision, detail: string, code: RefusalCode = decision.code) {
    super(detail);
    this.decision = decision;
    this.code = code;
  }
}

/** Thrown before the policies are evaluated if an argument is invalid, for example a hostile id. */
export class InvalidArgumentError extends Error {
  override readonly name = 'InvalidArgumentError';
  readonly code = 'invalid_argument';
}
