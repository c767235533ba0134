import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../config/env/secret.ts';

/** Why a message is not accepted as Slack's. */
export type SignatureFault = 'bad_signature' | 'stale';

/** A message as received: the two headers, and the raw body. */
export interface SignedMessage {
  timestamp: string | undefined;
  signature: string | undefined;
  body: Uint8Array;
}

/** How many seconds old, or ahead of our clock, a message may be. */
export const MAX_AGE_S = 300;

/**
 * Checks Slack's signature: HMAC-SHA256 over `v0:TIMESTAMP:BODY` as `v0=HEX` (docs.slack.dev,
 * "Verifying requests from Slack"). Null if it is genuine and recent; only genuine ones are
 * reported as `stale`.
 */
export function signatureFault(
  secret: Secret,
  message: SignedMessage,
  now: Date,
): SignatureFault | null {
  const { timestamp = '', signature = '', body } = message;
  if (!/^\d{1,12}$/.test(timestamp) || !/^v0=[0-9a-f]{64}$/.test(signature)) return 'bad_signature';
  const expected = createHmac('sha256', secret.reveal())
    .update(`v0:${timestamp}:`)
    .update(body)
    .digest();
  if (!timingSafeEqual(expected, Buffer.from(signature.slice(3), 'hex'))) return 'bad_signature';
  return Math.abs(now.getTime() / 1000 - Number(timestamp)) <= MAX_AGE_S ? null : 'stale';
}
