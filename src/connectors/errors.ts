import type { ConnectorName, Decision } from '../governance/types.ts';

/** What went wrong at the vendor, independent of the vendor. */
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
  /** HTTP status, null where no answer came. */
  status: number | null;
  /** The vendor's own code, such as E0000047 or `channel_not_found`; never free text. */
  vendorCode: string | null;
  /** A short sentence of ours: no bodies, no headers, no personal data. */
  message: string;
  /** A write may have been accepted although no usable answer came. Always false for reads. */
  ambiguous: boolean;
  /** How long to wait before another try; null where the vendor did not say. */
  retryAfterMs: number | null;
  requestId: string | null;
}

/**
 * Thrown for everything that goes wrong at a vendor. Carries listed fields only; a cause is never
 * attached.
 */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly fields: ConnectorErrorFields;
  constructor(fields: ConnectorErrorFields) {
    super(`${fields.connector} ${fields.operation}: ${fields.message}`);
    this.fields = fields;
  }
  get code(): ConnectorErrorCode {
    return this.fields.code;
  }
  /** Worth another try later. */
  get retryable(): boolean {
    return RETRYABLE[this.fields.code];
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

/**
 * Why a call was refused: the code of the decision, or `approval_required` where it lacks a grant
 * that fits.
 */
export type RefusalCode = Decision['code'] | 'approval_required';

/**
 * Thrown before anything is sent when the policy does not allow the operation, or not without
 * approval.
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

/**
 * Thrown before the policy is asked when an argument does not have its form (for example a hostile
 * id).
 */
export class InvalidArgumentError extends Error {
  override readonly name = 'InvalidArgumentError';
  readonly code = 'invalid_argument';
}
