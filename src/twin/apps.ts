import { isKeyOf } from '../mfa/records.ts';
import type { TwinApp } from './types.ts';

export type SignOnKind = 'federated' | 'password' | 'bookmark' | 'other';

/** Okta's sign-on modes by kind. */
const SIGN_ON_KINDS = {
  SAML_2_0: 'federated',
  SAML_1_1: 'federated',
  OPENID_CONNECT: 'federated',
  WS_FEDERATION: 'federated',
  AUTO_LOGIN: 'password',
  BROWSER_PLUGIN: 'password',
  SECURE_PASSWORD_STORE: 'password',
  BASIC_AUTH: 'password',
  BOOKMARK: 'bookmark',
} as const satisfies Record<string, SignOnKind>;

/** The kind of a sign-on mode; `other` for a mode that is not in the table. */
export function signOnKind(mode: string): SignOnKind {
  return isKeyOf(SIGN_ON_KINDS, mode) ? SIGN_ON_KINDS[mode] : 'other';
}

/** Whether an app exists and is ACTIVE. */
export const isActiveApp = ({ status, gone }: TwinApp): boolean => !gone && status === 'ACTIVE';
