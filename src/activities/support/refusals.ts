/** Which errors of a connector another try would not change. */

import type { ConnectorError } from '../../connectors/errors.ts';

/** Okta answers 501 for built-in groups that it does not serve. */
const NOT_IMPLEMENTED = 501;

/** True for errors that another try would not change. */
export function isFinal({ code, retryable }: ConnectorError): boolean {
  return !retryable && code !== 'unauthenticated' && code !== 'cancelled';
}

/**
 * True if the vendor will not answer about this object, however often it is asked, although the object
 * exists.
 */
export const isLastingRefusal = (error: ConnectorError): boolean =>
  error.code !== 'not_found' && (isFinal(error) || error.fields.status === NOT_IMPLEMENTED);
