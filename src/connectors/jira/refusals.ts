import { z } from 'zod';
import { BY_STATUS } from '../pipeline/by-status.ts';
import { retryAfterMs } from '../rate-limit/headers.ts';
import type { ConnectorErrorCode } from '../errors.ts';
import type { Refusal } from '../transport/failure.ts';
import type { Answer } from '../transport/http.ts';

// Jira answers many calls for an anonymous user when it did not accept the credential, and says so
// only here.
const NOT_SIGNED_IN = /AUTHENTICATED_FAILED|AUTHENTICATION_DENIED|AUTHORISATION_FAILED|\bOUT\b/;

const errorBody = z.object({
  errorMessages: z.array(z.unknown()).optional(),
  errors: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Reads an answer of Jira; null where it is a success. The texts of its errors may quote fields and
 * are left behind.
 */
export function jiraRefusal(answer: Answer, json: unknown): Refusal | null {
  const accepted = answer.status >= 200 && answer.status < 300;
  if (NOT_SIGNED_IN.test(answer.headers.get('x-seraph-loginreason') ?? '')) {
    return { code: 'unauthenticated', vendorCode: null, ambiguous: accepted };
  }
  if (accepted) return null;
  const body = errorBody.safeParse(json).data;
  const code = codeOf(answer.status, body !== undefined);
  return {
    code,
    vendorCode: fieldNames(body?.errors),
    retryAfterMs: code === 'rate_limited' ? retryAfterMs(answer.headers) : null,
  };
}

function codeOf(status: number, spokenByJira: boolean): ConnectorErrorCode {
  if (status >= 500) return 'unavailable';
  if (status < 400) return 'malformed';
  // A 404 page of a proxy, or of a wrong address, says nothing about an issue.
  if (status === 404 && !spokenByJira) return 'malformed';
  return BY_STATUS[status] ?? 'invalid';
}

// A name that nobody knows could be anything, a secret that is repeated included.
const FIELD =
  /^(project|issuetype|summary|description|labels|priority|duedate|issuelinks|comment|transition|resolution|parent|reporter|assignee|components|versions|fixVersions|environment|security|customfield_\d{1,10})$/;

/** The fields that Jira complains of. */
function fieldNames(errors: Record<string, unknown> | undefined): string | null {
  const names = Object.keys(errors ?? {}).filter((name) => FIELD.test(name));
  return names.length > 0 ? names.slice(0, 5).join(',') : null;
}
