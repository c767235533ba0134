/** Sections of arx.yaml beyond the check itself: governance, retention, the twin and flows. */

import { z } from 'zod';
import { FLOW_PRODUCTS } from '../flows/flow-schema.ts';
import { auditAge, flag, list, positiveDuration, someText, text, whole, word } from './fields.ts';
import { RISK_WORDS } from './words.ts';

const texts = (expected: string) => list(someText, expected).prefault([]);

export const retention = z
  .strictObject({
    users: positiveDuration
      .prefault('90d')
      .describe('Personal data of users: from scans, the twin, operations and flows'),
    audit: auditAge
      .prefault('400d')
      .describe('Contents of audit entries, at least 30d; their hashes, kinds and times are kept'),
  })
  .prefault({})
  .describe(
    'How long personal data and the contents of audit entries are kept; `arx purge` removes older data',
  );

export const api = z
  .strictObject({
    requests_per_minute: whole(1, 1_000_000)
      .prefault(600)
      .describe(
        'Requests about runs, people, the twin, policies, keys and the audit trail per minute that one access key may send to the HTTP server; further requests get 429',
      ),
  })
  .prefault({})
  .describe('The HTTP API');

const approver = text('user:LOGIN or group:NAME', (value) => /^(user|group):\S/u.test(value));
export const approvals = z
  .strictObject({
    require_signed: flag
      .prefault(true)
      .describe('Require proof of identity for decisions on HIGH and CRITICAL risk'),
    critical_quorum: whole(2, 20).prefault(2).describe('Approvers required for CRITICAL risk'),
    default_approvers: list(approver, 'a list of user:LOGIN or group:NAME')
      .prefault([])
      .describe('Approvers where a policy names none'),
    expires_in: positiveDuration.prefault('1h').describe('How long an approval request stays open'),
    grant_valid_for: positiveDuration
      .prefault('15m')
      .describe('How long a grant can be used after approval'),
    requests_per_minute: whole(1, 1_000_000)
      .prefault(600)
      .describe(
        'Requests about approvals per minute that one access key may send to the HTTP server; further requests get 429',
      ),
    tenure: positiveDuration
      .prefault('24h')
      .describe(
        'How long approvers must have been in their group before a change to a group that gives authority or administrator roles',
      ),
  })
  .prefault({})
  .describe('Human approval of governed operations');

const guardrail = z.strictObject({
  risk_max: word(RISK_WORDS).describe('Highest risk that any policy may grant'),
});
export const guardrails = z
  .strictObject({
    okta: guardrail.optional(),
    jira: guardrail.optional(),
    slack: guardrail.optional(),
    entra: guardrail.optional(),
    google: guardrail.optional(),
    salesforce: guardrail.optional(),
    email: guardrail.optional(),
  })
  .prefault({ okta: { risk_max: 'critical' } })
  .describe('Limits on the risk that policies may grant, by connector');

export const credentials = z
  .strictObject({
    okta: z
      .strictObject({
        vault: text('a path to a file or to a Vault entry').describe(
          'A file with mode 0600 (a path that starts with ./, ../, ~/, / or file:), or mount/name in HashiCorp Vault; it contains domain and api_token',
        ),
      })
      .optional(),
  })
  .prefault({})
  .describe('Where credentials are stored if they are not in the environment');

export const protectedList = texts('a list of logins, ids or groups').describe(
  'Logins, ids or groups; operations on them carry a higher risk, and remediation never changes them',
);

export const twin = z
  .strictObject({
    privileged_groups: texts('a list of groups').describe(
      'Groups, by id or exact name, whose members the report lists separately as administrators',
    ),
    expected_idps: texts('a list of identity providers').describe(
      'Identity providers, by id or exact name, from which sign-ins are expected; any other raises a security event',
    ),
    event_rules: list(text('a file name or glob'), 'a list of file names or globs')
      .prefault(['rules/*.yaml'])
      .describe(
        'Rule files for security events, relative to this file: file names, directories or globs',
      ),
    stale_after: positiveDuration
      .prefault('90d')
      .describe('Accounts unused for this long are reported as gaps'),
    skip_groups: texts('a list of groups').describe(
      'Groups, by id or exact name, whose members a sync does not read; the streams name them as exceptions',
    ),
    log_lateness: positiveDuration
      .prefault('1h')
      .describe(
        'How much later than its time an entry of the System Log may arrive and still count for security events',
      ),
  })
  .prefault({})
  .describe('The identity twin, and what the check uses from it');

const TENANTS = `a map of products (${FLOW_PRODUCTS.join(', ')}) to lists of tenants`;
export const remediation = z
  .strictObject({
    tenants: z
      .partialRecord(word(FLOW_PRODUCTS), list(someText, 'a list of tenants'), { error: TENANTS })
      .prefault({})
      .describe(
        "The organisation's own tenants, by product (AAD, Google Workspace, Salesforce.com): ids or domains, as they appear in events. For Okta, only the host of OKTA_DOMAIN is accepted",
      ),
    max_event_age: positiveDuration
      .prefault('24h')
      .describe('Events received over HTTP that are older than this are refused'),
    requests_per_minute: whole(1, 1_000_000)
      .prefault(600)
      .describe(
        'Flow requests per minute that one access key may send to the HTTP server; further requests get 429',
      ),
  })
  .prefault({})
  .describe('Remediation of identity posture issues by delegated flows');
