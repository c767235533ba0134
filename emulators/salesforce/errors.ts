import type { Answer } from '../types.ts';

/** Salesforce's error codes with their status and usual message. */
const ERRORS = {
  INVALID_SESSION_ID: [401, 'Session expired or invalid'],
  INVALID_AUTH_HEADER: [401, 'INVALID_HEADER_TYPE'],
  REQUEST_LIMIT_EXCEEDED: [403, 'TotalRequests Limit exceeded.'],
  NOT_FOUND: [404, 'The requested resource does not exist'],
  MALFORMED_QUERY: [400, 'unexpected token'],
  MALFORMED_ID: [400, 'id value of incorrect type'],
  INVALID_FIELD: [400, 'No such column'],
  INVALID_TYPE: [400, 'sObject type is not supported.'],
  INVALID_QUERY_FILTER_OPERATOR: [400, 'invalid ID field'],
  INVALID_QUERY_LOCATOR: [400, 'invalid query locator'],
  JSON_PARSER_ERROR: [
    400,
    'The HTTP entity body is required, but this request has no entity body.',
  ],
  LICENSE_LIMIT_EXCEEDED: [400, 'License Limit Exceeded'],
  UNKNOWN_EXCEPTION: [
    500,
    'An unexpected error occurred. Please include this ErrorId if you contact support.',
  ],
} as const satisfies Record<string, readonly [number, string]>;

type SalesforceErrorCode = keyof typeof ERRORS;

/** An answer in the error format of Salesforce's REST API: a list with one error. */
export function salesforceError(errorCode: SalesforceErrorCode, message?: string): Answer {
  const [status, usual] = ERRORS[errorCode];
  return { status, body: [{ message: message ?? usual, errorCode }] };
}

/** The refusal of a change to a record, with the affected fields. */
export function changeError({
  errorCode,
  message,
}: {
  errorCode: string;
  message: string;
}): Answer {
  return { status: 400, body: [{ message, errorCode, fields: [] }] };
}
