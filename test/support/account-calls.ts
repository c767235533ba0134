import { createSign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { EmulatorDocument } from '../../emulators/start.ts';
import { caller } from './vendor-calls.ts';
import type { PlainAnswer, PlainCall } from './vendor-calls.ts';

/** The file that GOOGLE_SERVICE_ACCOUNT_FILE names. */
export interface ServiceAccountFile {
  type: string;
  private_key: string;
  client_email: string;
  token_uri: string;
}

const DIRECTORY = 'https://www.googleapis.com/auth/admin.directory.user';

/** Posts a form with a plain HTTP client. */
export async function postForm(url: string, fields: Record<string, string>): Promise<PlainAnswer> {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as unknown };
}

/** The form that Entra ID's token endpoint takes. */
export const entraForm = ({ tokens }: EmulatorDocument): Record<string, string> => ({
  grant_type: 'client_credentials',
  client_id: tokens.entraClientId,
  client_secret: tokens.entraClientSecret,
  scope: 'https://graph.microsoft.com/.default',
});

export const entraTokenUrl = ({ entraLogin, tokens }: EmulatorDocument): string =>
  `${entraLogin}/${tokens.entraTenantId}/oauth2/v2.0/token`;

/** Calls Graph with its own token. */
export async function entraCalls(document: EmulatorDocument): Promise<PlainCall> {
  return authorized(
    document.entraGraph,
    await postForm(entraTokenUrl(document), entraForm(document)),
  );
}

/** The form that Salesforce's token endpoint takes. */
export const salesforceForm = ({ tokens }: EmulatorDocument): Record<string, string> => ({
  grant_type: 'client_credentials',
  client_id: tokens.salesforceClientId,
  client_secret: tokens.salesforceClientSecret,
});

/** Calls Salesforce with its own token. */
export async function salesforceCalls(document: EmulatorDocument): Promise<PlainCall> {
  const url = `${document.salesforce}/services/oauth2/token`;
  return authorized(document.salesforce, await postForm(url, salesforceForm(document)));
}

export const serviceAccountOf = ({
  googleServiceAccountFile,
}: EmulatorDocument): ServiceAccountFile =>
  JSON.parse(readFileSync(googleServiceAccountFile, 'utf8')) as ServiceAccountFile;

/**
 * The form for Google's token endpoint: correct claims except for `changes`, signed with the key of
 * the file or another key.
 */
export function googleForm(
  document: EmulatorDocument,
  changes: Record<string, unknown> = {},
  key?: string,
): Record<string, string> {
  const account = serviceAccountOf(document);
  const iat = Math.floor(Date.now() / 1000);
  const usual = {
    iss: account.client_email,
    aud: account.token_uri,
    scope: DIRECTORY,
    iat,
    exp: iat + 3600,
  };
  const claims = { ...usual, sub: document.googleAdminSubject, ...changes };
  const signed = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = createSign('RSA-SHA256')
    .update(signed)
    .sign(key ?? account.private_key, 'base64url');
  return {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: `${signed}.${signature}`,
  };
}

/** Calls Google with its own token; `changes` alter the claims. */
export async function googleCalls(
  document: EmulatorDocument,
  changes?: Record<string, unknown>,
): Promise<PlainCall> {
  return authorized(
    document.google,
    await postForm(`${document.google}/token`, googleForm(document, changes)),
  );
}

function authorized(origin: string, { status, body }: PlainAnswer): PlainCall {
  const { access_token } = body as { access_token?: string };
  if (status !== 200 || access_token === undefined)
    throw new Error(`no token: ${status} ${JSON.stringify(body)}`);
  return caller(origin, `Bearer ${access_token}`);
}
