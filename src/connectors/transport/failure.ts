/** Turns failures into ConnectorErrors. */

import { ConnectorError } from '../errors.ts';
import { NETWORK_FAILURES } from './network.ts';
import type { ConnectorErrorCode, ConnectorErrorFields } from '../errors.ts';
import type { HttpResponse } from './http.ts';
import type { NetworkFailure } from './network.ts';
import type { ConnectorName } from '../../governance/types.ts';

/** The call that a failure belongs to. */
export interface CallIdentity {
  connector: ConnectorName;
  operation: string;
  write: boolean;
}

/** The meaning of a response that is not a success. */
export interface Refusal {
  code: ConnectorErrorCode;
  vendorCode: string | null;
  retryAfterMs?: number | null;
  /** Set if the code alone does not determine whether a write may have been accepted. */
  ambiguous?: boolean;
  message?: string;
  /** What the vendor said, cleaned by `cleanWords`. */
  vendorMessage?: string | null;
  /** The field that it is about. */
  vendorField?: string | null;
  lasts?: ConnectorErrorFields['lasts'];
  remedy?: string;
}

const MESSAGES: Record<ConnectorErrorCode, string> = {
  unauthenticated: 'the credential was not accepted',
  forbidden: 'the credential lacks a permission for this operation',
  not_found: 'the object does not exist, or the credential may not see it',
  conflict: 'the object is in a state that does not allow this',
  invalid: 'the vendor refused the request as invalid',
  rate_limited: 'the rate limit is used up',
  unavailable: 'the vendor is temporarily unavailable',
  malformed: 'the response does not have the documented form',
  cancelled: 'cancelled',
};

// With these codes the outcome of a write is unknown. The vendor sends the other codes only after
// it has checked the request.
const OPEN_OUTCOME: readonly ConnectorErrorCode[] = ['unavailable', 'malformed'];

/** The error for a response that is a refusal. */
export function refusalError(
  called: CallIdentity,
  refusal: Refusal,
  response: HttpResponse,
): ConnectorError {
  const { lasts, remedy, vendorMessage = null, vendorField = null } = refusal;
  const fields = {
    connector: called.connector,
    operation: called.operation,
    code: refusal.code,
    status: response.status,
    vendorCode: refusal.vendorCode,
    message: refusal.message ?? MESSAGES[refusal.code],
    ambiguous: called.write && (refusal.ambiguous ?? OPEN_OUTCOME.includes(refusal.code)),
    retryAfterMs: refusal.retryAfterMs ?? null,
    requestId: requestIdOf(response),
    ...(lasts !== undefined && { lasts }),
    ...(remedy !== undefined && { remedy }),
  };
  return new ConnectorError(fields, { message: vendorMessage, field: vendorField });
}

/** The error for a request without a usable response. */
export function networkError(called: CallIdentity, failure: NetworkFailure): ConnectorError {
  const { code, sent, message } = NETWORK_FAILURES[failure.kind];
  return new ConnectorError({
    connector: called.connector,
    operation: called.operation,
    code,
    status: failure.status,
    vendorCode: null,
    message,
    ambiguous: called.write && sent,
    retryAfterMs: null,
    requestId: null,
  });
}

/**
 * The error for a client that failed before it sent anything, for example because of an unusable
 * private key.
 */
export function unsentError(
  called: CallIdentity,
  message = 'the client could not build the request from this credential and these arguments; nothing was sent',
): ConnectorError {
  return new ConnectorError({
    connector: called.connector,
    operation: called.operation,
    code: 'invalid',
    status: null,
    vendorCode: null,
    message,
    ambiguous: false,
    retryAfterMs: null,
    requestId: null,
  });
}

const REQUEST_ID_HEADERS = [
  'x-okta-request-id',
  'x-slack-req-id',
  'atl-request-id',
  'x-arequestid',
  'request-id',
];

/** The vendor's request id; null if there is none, or it is not printable. */
export function requestIdOf(response: HttpResponse): string | null {
  for (const name of REQUEST_ID_HEADERS) {
    const value = response.headers.get(name);
    if (value && /^[\w.:@=+/-]{1,128}$/.test(value)) return value;
  }
  return null;
}
