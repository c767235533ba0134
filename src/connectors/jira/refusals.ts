import { z } from 'zod';
import { cleanWords } from '../transport/vendor-words.ts';
import { BY_STATUS } from '../pipeline/by-status.ts';
import { retryAfterMs } from '../rate-limit/headers.ts';
import type { ConnectorErrorCode } from '../errors.ts';
import type { Refusal } from '../transport/failure.ts';
import type { HttpResponse } from '../transport/http.ts';

// If Jira does not accept the credential, it answers many calls as for an anonymous user; only this
// header shows it.
const NOT_SIGNED_IN = /AUTHENTICATED_FAILED|AUTHENTICATION_DENIED|AUTHORISATION_FAILED|\bOUT\b/;
const isAnonymous = ({ headers }: HttpResponse): boolean =>
  NOT_SIGNED_IN.test(headers.get('x-seraph-loginreason') ?? '');

// After failed attempts to sign in, Data Center refuses the account until it has answered a CAPTCHA.
const CAPTCHA = /\bCAPTCHA_CHALLENGE\b/;
const CAPTCHA_REMEDY =
  'Jira asks the account to answer a CAPTCHA after failed attempts to sign in; sign in once in a browser, or let an administrator reset the failed login count';

const errorBody = z.object({
  errorMessages: z.array(z.unknown()).optional(),
  errors: z.record(z.string(), z.unknown()).optional(),
  /** Data Center's words about a refused credential. */
  message: z.unknown().optional(),
});

/**
 * Reads a response of Jira; null for a success. Its words may quote fields, so they are kept apart
 * from the code.
 */
export function jiraRefusal(response: HttpResponse, json: unknown): Refusal | null {
  const accepted = response.status >= 200 && response.status < 300;
  if (CAPTCHA.test(response.headers.get('x-authentication-denied-reason') ?? ''))
    return {
      code: 'unauthenticated',
      vendorCode: 'CAPTCHA_CHALLENGE',
      ambiguous: accepted,
      message: CAPTCHA_REMEDY,
    };
  if (isAnonymous(response)) {
    return { code: 'unauthenticated', vendorCode: null, ambiguous: accepted };
  }
  if (accepted) return null;
  const body = errorBody.safeParse(json).data;
  const isOwnForm = body?.errorMessages !== undefined || body?.errors !== undefined;
  const code = codeOf(response.status, isOwnForm);
  return {
    code,
    vendorCode: fieldNames(body?.errors),
    vendorMessage: wordsOf(body),
    retryAfterMs: code === 'rate_limited' ? retryAfterMs(response.headers) : null,
  };
}

function codeOf(status: number, fromJira: boolean): ConnectorErrorCode {
  if (status >= 500) return 'unavailable';
  if (status < 400) return 'malformed';
  // A 404 of a proxy or gateway, or at a wrong URL, says nothing about an issue, also if it is JSON.
  if (status === 404 && !fromJira) return 'malformed';
  return BY_STATUS[status] ?? 'invalid';
}

// Unknown names are dropped, because they could repeat a secret.
const FIELD =
  /^(project|issuetype|summary|description|labels|priority|duedate|issuelinks|comment|transition|resolution|parent|reporter|assignee|components|versions|fixVersions|environment|security|customfield_\d{1,10})$/;

/** What Jira said in general, and about each field. */
function wordsOf(body: z.infer<typeof errorBody> | undefined): string | null {
  const { errorMessages = [], errors = {}, message } = body ?? {};
  const ofFields = Object.entries(errors).map(([name, text]) =>
    FIELD.test(name) && typeof text === 'string' ? `${name}: ${text}` : text,
  );
  return cleanWords([...errorMessages, ...ofFields, message]);
}

/** The fields that Jira names in its errors. */
function fieldNames(errors: Record<string, unknown> | undefined): string | null {
  const names = Object.keys(errors ?? {}).filter((name) => FIELD.test(name));
  return names.length > 0 ? names.slice(0, 5).join(',') : null;
}
