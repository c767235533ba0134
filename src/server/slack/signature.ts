import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../config/env/secret.ts';

/** Why a message is not taken as Slack's. */
export type SignatureFault = 'bad_signature' | 'stale';

/** A message as it arrived: the two headers, and the body before anything was made of it. */
export interface SignedMessage {
  timestamp: string | undefined;
  signature: string | undefined;
  body: Uint8Array;
}

/** How old, or how far ahead, a message may be, seconds. */
export const FRESH_FOR = 300;

/**
 * Slack's signature: HMAC-SHA256 over `v0:TIMESTAMP:BODY` as `v0=HEX` (docs.slack.dev, "Verifying
 * requests from Slack"). Null where it is genuine and fresh; `stale` is said of genuine ones only.
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
  return Math.abs(now.getTime() / 1000 - Number(timestamp)) <= FRESH_FOR ? null : 'stale';
}
