import { z } from 'zod';
import type { ConnectorErrorCode } from '../errors.ts';
import type { Refusal } from '../transport/failure.ts';
import type { HttpResponse } from '../transport/http.ts';

// RFC 5321 and RFC 4954. Replies 4xx are temporary, 5xx are permanent.
const BY_REPLY: Readonly<Record<number, ConnectorErrorCode>> = {
  530: 'unauthenticated',
  534: 'unauthenticated',
  535: 'unauthenticated',
  538: 'unauthenticated',
};

const end = z.object({
  stage: z.enum(['tls', 'auth', 'message']),
  enhanced: z.string().nullable(),
});

const NO_TLS =
  'the mail server does not offer TLS (STARTTLS), so nothing was sent; use smtps:// or another server';

/**
 * Reads the final reply of a mail server; null if it accepted the message. A server never refuses a
 * message after accepting it.
 */
export function emailRefusal({ status }: HttpResponse, json: unknown): Refusal | null {
  if (status === 250) return null;
  const { stage, enhanced } = end.parse(json);
  const known = { vendorCode: enhanced ?? String(status), ambiguous: false };
  if (stage === 'tls') return { ...known, code: 'invalid', message: NO_TLS };
  if (status < 500) return { ...known, code: 'unavailable' };
  if (stage === 'auth') return { ...known, code: 'unauthenticated' };
  return { ...known, code: BY_REPLY[status] ?? 'invalid' };
}
