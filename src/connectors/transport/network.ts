import type { ConnectorErrorCode } from '../errors.ts';

interface Meaning {
  code: ConnectorErrorCode;
  /** The vendor may have acted on the request. */
  sent: boolean;
  message: string;
}

/** Ways in which no usable answer comes. */
export const NETWORK_FAILURES = {
  foreign_origin: {
    code: 'malformed',
    sent: false,
    message: 'a request to another origin than the configured one was stopped before it was sent',
  },
  foreign_path: {
    code: 'malformed',
    sent: false,
    message:
      'the request built is not the approved operation (method or path differ); it was not sent',
  },
  unpaced: {
    code: 'unavailable',
    sent: false,
    message: 'the store did not answer before the call; nothing was sent',
  },
  overtaken: {
    code: 'cancelled',
    sent: false,
    message: 'a later attempt of the same activity has begun; nothing was sent',
  },
  cancelled: { code: 'cancelled', sent: false, message: 'cancelled before anything was sent' },
  cancelled_midway: {
    code: 'cancelled',
    sent: true,
    message: 'cancelled while waiting for the answer',
  },
  unreachable: { code: 'unavailable', sent: false, message: 'no connection could be made' },
  cut: {
    code: 'unavailable',
    sent: true,
    message: 'the connection broke before the answer was complete',
  },
  timed_out: { code: 'unavailable', sent: true, message: 'no complete answer within the time-out' },
  redirected: {
    code: 'malformed',
    sent: true,
    message: 'the answer is a redirect, which is never followed',
  },
  too_large: { code: 'malformed', sent: true, message: 'the answer is larger than the limit' },
} as const satisfies Record<string, Meaning>;

export type NetworkFailureKind = keyof typeof NETWORK_FAILURES;

/**
 * Thrown by the transport where no usable answer came; carries its kind and, where known, the
 * status only.
 */
export class NetworkFailure extends Error {
  override readonly name = 'NetworkFailure';
  readonly kind: NetworkFailureKind;
  readonly status: number | null;
  constructor(kind: NetworkFailureKind, status: number | null = null) {
    super(NETWORK_FAILURES[kind].message);
    this.kind = kind;
    this.status = status;
  }
}

// Failures that come before the first byte of a request; everything else may have happened after
// it.
const BEFORE_SENDING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Reduces what the transport throws to its kind; the original is not kept, since it may quote the
 * address.
 */
export function networkFailure(error: unknown): NetworkFailure {
  if (error instanceof NetworkFailure) return error;
  return new NetworkFailure(BEFORE_SENDING.has(codeOf(error)) ? 'unreachable' : 'cut');
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
