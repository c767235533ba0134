/** Settings of the vendors whose accounts can be remediated, and of mail. */

import { resolve } from 'node:path';
import { patternReader, readOrigin } from './address.ts';
import type { ReadResult } from './address.ts';
import { optional, problemsOf, readSecret, requireVariable } from './env.ts';
import type { ArxEnv } from './env.ts';
import { ConfigError } from '../errors.ts';
import type { Secret } from './secret.ts';
import { readServiceAccount } from './service-account.ts';
import type { ServiceAccount } from './service-account.ts';
import { readSmtpUrl } from './smtp.ts';
import type { SmtpServer } from './smtp.ts';
import { VARIABLES } from './variables.ts';

/** Connection settings of Entra ID. */
interface EntraSettings {
  tenantId: string;
  clientId: string;
  clientSecret: Secret;
  /** Both URLs are origins. */
  loginUrl: string;
  graphUrl: string;
}

/** Connection settings of Google Workspace. */
interface GoogleSettings extends ServiceAccount {
  /** E-mail address of the administrator that the service account acts as. */
  subject: string;
  /** Origin. */
  adminUrl: string;
}

/** Connection settings of Salesforce. */
interface SalesforceSettings {
  /** Origin. */
  loginUrl: string;
  clientId: string;
  clientSecret: Secret;
}

/** Settings for sending mail. */
interface EmailSettings extends SmtpServer {
  from: string;
}

/** The settings of the configured vendors; the others are absent. */
export interface AccountVendorSettings {
  entra?: EntraSettings;
  google?: GoogleSettings;
  salesforce?: SalesforceSettings;
  email?: EmailSettings;
}

/** The vendors whose accounts can be remediated, and mail. */
export const ACCOUNT_VENDORS = ['entra', 'google', 'salesforce', 'email'] as const;
export type AccountVendor = (typeof ACCOUNT_VENDORS)[number];

const TITLES: Record<AccountVendor, string> = {
  entra: 'Entra ID',
  google: 'Google Workspace',
  salesforce: 'Salesforce',
  email: 'mail',
};

/** The required variables of each vendor; all others have defaults. */
const REQUIRED: Record<AccountVendor, readonly string[]> = {
  entra: ['ENTRA_TENANT_ID', 'ENTRA_CLIENT_ID', 'ENTRA_CLIENT_SECRET'],
  google: ['GOOGLE_SERVICE_ACCOUNT_FILE', 'GOOGLE_ADMIN_SUBJECT'],
  salesforce: ['SALESFORCE_LOGIN_URL', 'SALESFORCE_CLIENT_ID', 'SALESFORCE_CLIENT_SECRET'],
  email: ['SMTP_URL', 'SMTP_FROM'],
};

const READERS = {
  entra: ({ source }: ArxEnv): EntraSettings => ({
    tenantId: requireVariable(source, 'ENTRA_TENANT_ID', readTenant),
    clientId: requireVariable(source, 'ENTRA_CLIENT_ID', readClientId),
    clientSecret: requireVariable(source, 'ENTRA_CLIENT_SECRET', readSecret),
    loginUrl:
      optional(source, 'ENTRA_LOGIN_URL', readOrigin) ?? 'https://login.microsoftonline.com',
    graphUrl: optional(source, 'ENTRA_GRAPH_URL', readOrigin) ?? 'https://graph.microsoft.com',
  }),
  google: ({ source, cwd }: ArxEnv): GoogleSettings => ({
    ...requireVariable(source, 'GOOGLE_SERVICE_ACCOUNT_FILE', (path) =>
      readServiceAccount(resolve(cwd, path)),
    ),
    subject: requireVariable(source, 'GOOGLE_ADMIN_SUBJECT', readMailAddress),
    adminUrl: optional(source, 'GOOGLE_ADMIN_URL', readOrigin) ?? 'https://admin.googleapis.com',
  }),
  salesforce: ({ source }: ArxEnv): SalesforceSettings => ({
    loginUrl: requireVariable(source, 'SALESFORCE_LOGIN_URL', readOrigin),
    clientId: requireVariable(source, 'SALESFORCE_CLIENT_ID', readConsumerKey),
    clientSecret: requireVariable(source, 'SALESFORCE_CLIENT_SECRET', readSecret),
  }),
  email: ({ source }: ArxEnv): EmailSettings => ({
    ...requireVariable(source, 'SMTP_URL', readSmtpUrl),
    from: requireVariable(source, 'SMTP_FROM', readMailAddress),
  }),
} as const satisfies Record<AccountVendor, (env: ArxEnv) => unknown>;

/**
 * The settings of one vendor; null if none of its variables is set. Throws ConfigError if only some
 * are set, or one is invalid.
 */
export function accountVendor<Vendor extends AccountVendor>(
  env: ArxEnv,
  vendor: Vendor,
): ReturnType<(typeof READERS)[Vendor]> | null {
  const names = VARIABLES.filter(({ usedBy }) => usedBy === vendor).map(({ name }) => name);
  if (!names.some((name) => env.source.find(name))) return null;
  const missing = REQUIRED[vendor].filter((name) => !env.source.find(name));
  if (missing.length > 0) throw incomplete(vendor, missing);
  return READERS[vendor](env) as ReturnType<(typeof READERS)[Vendor]>;
}

/**
 * The settings of all these vendors, for `createConnectors`. Throws ConfigError as `accountVendor`
 * does.
 */
export const accountVendors = (env: ArxEnv): AccountVendorSettings => ({
  entra: accountVendor(env, 'entra') ?? undefined,
  google: accountVendor(env, 'google') ?? undefined,
  salesforce: accountVendor(env, 'salesforce') ?? undefined,
  email: accountVendor(env, 'email') ?? undefined,
});

/** The missing or invalid variables of a vendor; empty if none of them is set. */
export const accountVendorProblems = (env: ArxEnv, vendor: AccountVendor): ConfigError[] =>
  problemsOf([() => accountVendor(env, vendor)]);

const incomplete = (vendor: AccountVendor, missing: readonly string[]): ConfigError =>
  new ConfigError(
    'incomplete_settings',
    `${TITLES[vendor]} is only partly configured: ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set`,
    `Set ${missing.join(' and ')}, or remove all of its variables.`,
    { path: missing[0] },
  );

const readMailAddress = patternReader(
  /^[A-Za-z0-9._%+'&~=-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/,
  'is not an e-mail address',
);
const readClientId = patternReader(
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  'is not an application id',
);
const readConsumerKey = patternReader(/^[\w.-]{8,512}$/, 'is not a consumer key');

function readTenant(text: string): ReadResult<string> {
  if (/^(common|organizations|consumers)$/i.test(text))
    return {
      ok: false,
      problem: 'does not name a single tenant',
      remedy: 'Use the id of the tenant or one of its domains.',
    };
  return patternReader(
    /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/,
    'is neither an id nor a domain',
  )(text);
}
