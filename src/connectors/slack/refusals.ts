import { z } from 'zod';
import { retryAfterMs } from '../rate-limit/headers.ts';
import type { ConnectorErrorCode } from '../errors.ts';
import type { Refusal } from '../transport/failure.ts';
import type { HttpResponse } from '../transport/http.ts';

/**
 * Slack's error names (docs.slack.dev, method pages); any other name means that the request is
 * invalid.
 */
const BY_NAME: Readonly<Record<string, ConnectorErrorCode>> = {
  invalid_auth: 'unauthenticated',
  not_authed: 'unauthenticated',
  account_inactive: 'unauthenticated',
  token_expired: 'unauthenticated',
  token_revoked: 'unauthenticated',
  missing_scope: 'forbidden',
  no_permission: 'forbidden',
  access_denied: 'forbidden',
  not_allowed_token_type: 'forbidden',
  ekm_access_denied: 'forbidden',
  restricted_action: 'forbidden',
  restricted_action_read_only_channel: 'forbidden',
  restricted_action_thread_only_channel: 'forbidden',
  restricted_action_non_threadable_channel: 'forbidden',
  team_access_not_granted: 'forbidden',
  not_in_channel: 'forbidden',
  cant_update_message: 'forbidden',
  channel_not_found: 'not_found',
  message_not_found: 'not_found',
  thread_not_found: 'not_found',
  user_not_found: 'not_found',
  users_not_found: 'not_found',
  is_archived: 'conflict',
  edit_window_closed: 'conflict',
  ratelimited: 'rate_limited',
  rate_limited: 'rate_limited',
  fatal_error: 'unavailable',
  internal_error: 'unavailable',
  request_timeout: 'unavailable',
  service_unavailable: 'unavailable',
  team_added_to_org: 'unavailable',
};

const body = z.object({ ok: z.boolean(), error: z.string().nullish() });

/** Reads a response of Slack, which reports errors with status 200; null for a success. */
export function slackRefusal(response: HttpResponse, json: unknown): Refusal | null {
  if (response.status !== 200) return refusal(response, codeOfStatus(response.status), null);
  const parsed = body.safeParse(json);
  if (!parsed.success) return refusal(response, 'malformed', null);
  if (parsed.data.ok) return null;
  const name = /^[a-z][a-z0-9_]{0,63}$/.test(parsed.data.error ?? '')
    ? (parsed.data.error ?? '')
    : null;
  return refusal(response, codeOfName(name), name);
}

const refusal = (
  response: HttpResponse,
  code: ConnectorErrorCode,
  vendorCode: string | null,
): Refusal => ({
  code,
  vendorCode,
  retryAfterMs: code === 'rate_limited' ? retryAfterMs(response.headers) : null,
});

// Slack itself responds only with 200 and 429; any other status comes from a proxy.
function codeOfStatus(status: number): ConnectorErrorCode {
  if (status === 429) return 'rate_limited';
  return status >= 500 ? 'unavailable' : 'malformed';
}

const codeOfName = (name: string | null): ConnectorErrorCode =>
  (name !== null && Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined) ?? 'invalid';
