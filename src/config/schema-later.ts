import { z } from 'zod';
import { flag, list, someTime, text, whole, word } from './fields.ts';
import { RISK_WORDS } from './words.ts';

const someText = text('text that is not empty');
const texts = (expected: string) => list(someText, expected).prefault([]);

export const retention = z
  .strictObject({ users: someTime.prefault('90d'), audit: someTime.prefault('400d') })
  .prefault({})
  .describe('How long personal data and audit details are kept');

const approver = text('user:LOGIN or group:NAME', (value) => /^(user|group):\S/u.test(value));
export const approvals = z
  .strictObject({
    require_signed: flag.prefault(true),
    critical_quorum: whole(2, 20).prefault(2),
    default_approvers: list(approver, 'a list of user:LOGIN or group:NAME').prefault([]),
    expires_in: someTime.prefault('1h'),
    grant_valid_for: someTime.prefault('15m'),
  })
  .prefault({});

const guardrail = z.strictObject({ risk_max: word(RISK_WORDS) });
export const guardrails = z
  .strictObject({ okta: guardrail.optional(), jira: guardrail.optional(), slack: guardrail.optional() })
  .prefault({ okta: { risk_max: 'critical' } })
  .describe('The highest risk that any policy may grant');

export const credentials = z
  .strictObject({ okta: z.strictObject({ vault: text('a path of a file or of a Vault entry') }).optional() })
  .prefault({})
  .describe('Where credentials are kept, if not in the environment');

export const protectedList = texts('a list of logins, ids or groups').describe('Never touched by remediation');

export const twin = z
  .strictObject({
    privileged_groups: texts('a list of groups'),
    expected_idps: texts('a list of identity providers'),
    event_rules: list(text('a file name or glob'), 'a list of file names or globs').prefault(['rules/*.yaml']),
    stale_after: someTime.prefault('90d'),
  })
  .prefault({});

const OPERATORS = [
  ...['eq', 'ne', 'gt', 'ge', 'lt', 'le', '==', '!=', '>', '>=', '<', '<='],
  ...['contains', 'not_contains', 'in', 'not_in', 'exists', 'missing', 'starts_with', 'ends_with', 'older_than_days'],
] as [string, ...string[]];
const verdict = word(['Pending', 'Benign', 'Suspicious', 'Malicious']);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'text, a number, true, false or null',
});
const rule = z.strictObject({
  field: text('a dot path, such as status'),
  operator: word(OPERATORS),
  value: z.union([scalar, z.array(scalar)], { error: 'a value, or a list of values' }).optional(),
  verdict,
});
export const enrichment = z
  .strictObject({
    cache_ttl: someTime.prefault('1h'),
    negative_ttl: someTime.prefault('5m'),
    malice_rules: z
      .strictObject({
        conditions: list(rule, 'a list of rules').optional(),
        rules: list(rule, 'a list of rules').optional(),
        default_verdict: verdict.optional(),
        not_found_verdict: verdict.optional(),
      })
      .prefault({}),
  })
  .prefault({});

export const remediation = z
  .strictObject({
    tenants: z
      .record(someText, list(someText, 'a list of tenants'), { error: 'a map of products to lists of tenants' })
      .prefault({}),
    max_event_age: someTime.prefault('24h'),
  })
  .prefault({});
