import type { ConnectorErrorCode } from '../errors.ts';

/**
 * The meaning of an error status, for vendors that use HTTP status codes as defined (RFC 9110, RFC
 * 6585).
 */
export const BY_STATUS: Readonly<Record<number, ConnectorErrorCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  408: 'unavailable',
  409: 'conflict',
  412: 'conflict',
  429: 'rate_limited',
};
