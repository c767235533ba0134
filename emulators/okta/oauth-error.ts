import type { Answer } from '../types.ts';

/** An error of an OAuth 2.0 endpoint, RFC 6749 section 5.2. */
export function oauthError(error: string, description: string, status = 400): Answer {
  return { status, body: { error, error_description: description } };
}
