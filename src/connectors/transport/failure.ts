import { ConnectorError } from '../errors.ts';
import { NETWORK_FAILURES } from './network.ts';
import type { ConnectorErrorCode } from '../errors.ts';
import type { Answer } from './http.ts';
import type { NetworkFailure } from './network.ts';
import type { ConnectorName } from '../../governance/types.ts';

/** The call that a failure belongs to. */
export interface Called {
  connector: ConnectorName;
  operation: string;
  write: boolean;
}

/** How a vendor's answer is to be read when it is not a success. */
export interface Refusal {
  code: ConnectorErrorCode;
  vendorCode: string | null;
  retryAfterMs?: number | null;
  /** Set where the code alone does not tell whether a write may have been accepted. */
  ambiguous?: boolean;
  message?: string;
}

const MESSAGES: Record<ConnectorErrorCode, string> = {
  unauthenticated: 'the credential was not accepted',
  forbidden: 'the credential lacks a permission for this operation',
  not_found: 'the object does not exist, or the credential may not see it',
  conflict: 'the object is in a state that does not allow this',
  invalid: 'the vendor refused the request as invalid',
  rate_limited: 'the rate limit is used up',
  unavailable: 'the vendor could not answer for the moment',
  malformed: 'the answer does not have the form that the operation promises',
  cancelled: 'cancelled',
};

// Where the vendor never says what became of a write. The other codes are said after a look at the
// request.
const OPEN_OUTCOME: readonly ConnectorErrorCode[] = ['unavailable', 'malformed'];

/** The error for an answer that a vendor's table reads as a refusal. */
export function refusalError(called: Called, refusal: Refusal, answer: Answer): ConnectorError {
  return new ConnectorError({
    connector: called.connector,
    operation: called.operation,
    code: refusal.code,
    status: answer.status,
    vendorCode: refusal.vendorCode,
    message: refusal.message ?? MESSAGES[refusal.code],
    ambiguous: called.write && (refusal.ambiguous ?? OPEN_OUTCOME.includes(refusal.code)),
    retryAfterMs: refusal.retryAfterMs ?? null,
    requestId: requestIdOf(answer),
  });
}

/** The error for a request that brought no usable answer. */
export function networkError(called: Called, failure: NetworkFailure): ConnectorError {
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
 * The error for a client that gave up before it sent anything, for example over an unusable private
 * key.
 */
export function unsentError(
  called: Called,
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

/** The vendor's id of the exchange, null where it names none of a printable form. */
export function requestIdOf(answer: Answer): string | null {
  for (const name of REQUEST_ID_HEADERS) {
    const value = answer.headers.get(name);
    if (value && /^[\w.:@=+/-]{1,128}$/.test(value)) return value;
  }
  return null;
}
