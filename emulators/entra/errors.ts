import { randomUUID } from 'node:crypto';
import type { Answer } from '../types.ts';

/** Microsoft Graph's error codes with their status and usual message. */
const ERRORS = {
  InvalidAuthenticationToken: [401, 'Access token is empty.'],
  Authorization_RequestDenied: [403, 'Insufficient privileges to complete the operation.'],
  Request_ResourceNotFound: [
    404,
    'Resource does not exist or one of its queried reference-property objects are not present.',
  ],
  Request_BadRequest: [400, 'A value provided for the request is invalid.'],
  BadRequest: [400, 'The request is invalid.'],
  Directory_ExpiredPageToken: [
    400,
    'The specified page token value included in the request has expired.',
  ],
  TooManyRequests: [429, 'Too many requests.'],
  InternalServerError: [500, 'Internal Server Error'],
} as const satisfies Record<string, readonly [number, string]>;

type GraphErrorCode = keyof typeof ERRORS;

/** An answer in Graph's error format. */
export function graphError(code: GraphErrorCode, message?: string): Answer {
  const [status, usual] = ERRORS[code];
  const innerError = {
    date: new Date().toISOString().slice(0, 19),
    'request-id': randomUUID(),
    'client-request-id': randomUUID(),
  };
  return { status, body: { error: { code, message: message ?? usual, innerError } } };
}

/** 400 for a change of an object whose source is an on-premises directory. */
export const onPremisesObject = (): Answer =>
  graphError(
    'Request_BadRequest',
    'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
  );

/** 404 for an unknown object id. */
export function noResource(id: string): Answer {
  return graphError(
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

/**
 * The token endpoint's error format. `numbers` are AADSTS codes, the first of which starts the
 * description.
 */
export function loginError(
  status: number,
  error: string,
  [number, said]: readonly [number, string],
): Answer {
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const trace_id = randomUUID();
  const correlation_id = randomUUID();
  const traces = `Trace ID: ${trace_id} Correlation ID: ${correlation_id} Timestamp: ${timestamp}`;
  const body = {
    error,
    error_description: `AADSTS${number}: ${said} ${traces}`,
    error_codes: [number],
    timestamp,
    trace_id,
    correlation_id,
    error_uri: `https://login.microsoftonline.com/error?code=${number}`,
  };
  return { status, body };
}
