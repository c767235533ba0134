import type { Json } from '../../types.ts';

/** OAuth 2.0 device authorisation grant, RFC 8628. */
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** An application that people sign in to. */
export interface OpenIdClient {
  id: string;
  name: string;
  /** Null: a public client, which must use PKCE. */
  secret: string | null;
  /** Accepted addresses after sign-in; on loopback, any port. */
  redirectUris: readonly string[];
  grants: readonly string[];
}

/** Settings of sign-in that tests may change while the emulator runs. */
export interface OpenIdSettings {
  clients: readonly OpenIdClient[];
  /** Seconds for which ID and access tokens are valid. Default 3600. */
  tokenLifetimeS: number;
  /** Seconds between two polls of the device grant. Default 5. */
  deviceIntervalS: number;
  /** Seconds in which a user code must be entered. Default 600. */
  deviceLifetimeS: number;
  /** Signs in with what the person has, even if `acr_values` asks for more. */
  ignoreAcr?: boolean;
  /** Claims that replace those of every ID token, to test what a client checks. */
  idTokenClaims?: Json;
}

/** What a person proved when signing in. */
export interface SignIn {
  userId: string;
  /** Epoch seconds. */
  authTime: number;
  amr: readonly string[];
  acr: string;
}

/** A request of a client, from the authorize endpoint or for a device. */
export interface Request {
  client: OpenIdClient;
  scopes: readonly string[];
  nonce: string | null;
  acrValues: readonly string[];
  /** The authorisation server: null for the organisation's own, else its id. */
  server: string | null;
  audience: string;
}

/** How a person may sign in on the emulated page, weakest first. */
export const METHODS = {
  password: { label: 'Password only', amr: ['pwd'], acr: 'urn:okta:loa:1fa:pwd' },
  otp: { label: 'Password and code', amr: ['pwd', 'otp', 'mfa'], acr: 'urn:okta:loa:2fa:any' },
  phr: {
    label: 'Security key or passkey',
    amr: ['hwk', 'user', 'phr', 'mfa'],
    acr: 'phr',
  },
} as const;
export type Method = keyof typeof METHODS;

const RANK: Record<string, number> = {
  'urn:okta:loa:1fa:any': 1,
  'urn:okta:loa:1fa:pwd': 1,
  'urn:okta:loa:2fa:any': 2,
  'urn:okta:loa:2fa:any:ifpossible': 1,
  phr: 3,
  phrh: 3,
};

/** The weakest level among the requested `acr_values` that a sign-in must reach; 0 for any. */
export const levelOf = (values: readonly string[]): number =>
  values.length === 0 ? 0 : Math.min(...values.map((value) => RANK[value] ?? 3));
