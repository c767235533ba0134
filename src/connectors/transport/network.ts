/** Failures of the network, and what each means for a call. */

import type { ConnectorErrorCode } from '../errors.ts';

interface Meaning {
  code: ConnectorErrorCode;
  /** The vendor may have acted on the request. */
  sent: boolean;
  message: string;
}

/** The reasons why there is no usable response. */
export const NETWORK_FAILURES = {
  foreign_origin: {
    code: 'malformed',
    sent: false,
    message: 'the request was for an origin other than the configured one; it was not sent',
  },
  foreign_path: {
    code: 'malformed',
    sent: false,
    message: 'the request is not the approved operation (method or path differ); it was not sent',
  },
  unpaced: {
    code: 'unavailable',
    sent: false,
    message: 'the store did not respond before the call; nothing was sent',
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
    message: 'cancelled while waiting for the response',
  },
  unreachable: { code: 'unavailable', sent: false, message: 'no connection could be established' },
  cut: {
    code: 'unavailable',
    sent: true,
    message: 'the connection broke before the response was complete',
  },
  timed_out: {
    code: 'unavailable',
    sent: true,
    message: 'no complete response arrived before the time-out',
  },
  redirected: {
    code: 'malformed',
    sent: true,
    message: 'the response is a redirect, which is never followed',
  },
  too_large: { code: 'malformed', sent: true, message: 'the response is larger than the limit' },
} as const satisfies Record<string, Meaning>;

type NetworkFailureKind = keyof typeof NETWORK_FAILURES;

/**
 * Thrown by the transport without a usable response. It contains only the kind of failure and, if
 * known, the status.
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

// Failures before the first byte of a request; any other failure may have occurred later.
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
 * Reduces an error of the transport to its kind. The original is dropped, because it may quote the
 * address.
 */
export function networkFailure(error: unknown): NetworkFailure {
  if (error instanceof NetworkFailure) return error;
  return new NetworkFailure(BEFORE_SENDING.has(codeOf(error)) ? 'unreachable' : 'cut');
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
