import { isKeyOf } from './records.ts';
import type { FactorType } from './strength.ts';

/** Short names of factor types, for facts and lookups. */
export const SHORT_NAMES = {
  push: 'push',
  'token:software:totp': 'totp',
  'token:hotp': 'hotp',
  sms: 'sms',
  call: 'call',
  email: 'email',
  question: 'question',
  webauthn: 'webauthn',
  u2f: 'u2f',
  signed_nonce: 'fastpass',
  'token:hardware': 'hardware',
  token: 'token',
  web: 'duo',
} as const satisfies Record<FactorType, string>;

/** Short name of a factor type; null for a type that Okta does not document. */
export function shortNameOf(type: string): string | null {
  return isKeyOf(SHORT_NAMES, type) ? SHORT_NAMES[type] : null;
}
