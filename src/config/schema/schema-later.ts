import { z } from 'zod';
import { FLOW_PRODUCTS } from '../flows/flow-schema.ts';
import { flag, list, someTime, text, whole, word } from './fields.ts';
import { RISK_WORDS } from './words.ts';

const someText = text('text that is not empty');
const texts = (expected: string) => list(someText, expected).prefault([]);

export const retention = z
  .strictObject({
    users: someTime
      .prefault('90d')
      .describe('Personal data of users: of scans, of the twin, of operations and flows'),
    audit: someTime
      .prefault('400d')
      .describe('Contents of audit entries; their hashes, kinds and times stay'),
  })
  .prefault({})
  .describe(
    'How long personal data and contents of audit entries are kept; `arx purge` removes what is older',
  );

const approver = text('user:LOGIN or group:NAME', (value) => /^(user|group):\S/u.test(value));
export const approvals = z
  .strictObject({
    require_signed: flag
      .prefault(true)
      .describe('Decisions for HIGH and CRITICAL need proof of who made them'),
    critical_quorum: whole(2, 20).prefault(2).describe('Approvers for CRITICAL'),
    default_approvers: list(approver, 'a list of user:LOGIN or group:NAME')
      .prefault([])
      .describe('Who may approve where a policy names nobody'),
    expires_in: someTime.prefault('1h').describe('How long a request waits'),
    grant_valid_for: someTime.prefault('15m').describe('How long a grant may be used'),
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
  .describe('The highest risk that any policy may grant');

export const credentials = z
  .strictObject({
    okta: z
      .strictObject({
        vault: text('a path of a file or of a Vault entry').describe(
          'A file of mode 0600 (./, ../, ~/, / or file: before it), or mount/name in HashiCorp Vault; holds domain and api_token',
        ),
      })
      .optional(),
  })
  .prefault({})
  .describe('Where credentials are kept, if not in the environment');

export const protectedList = texts('a list of logins, ids or groups').describe(
  'Whose operations carry a higher risk, and whom remediation will never touch',
);

export const twin = z
  .strictObject({
    privileged_groups: texts('a list of groups').describe(
      'Groups, by id or exact name, whose members the report shows apart as administrators',
    ),
    expected_idps: texts('a list of identity providers').describe(
      'Identity providers, by id or exact name, that sign-ins may come from; any other is raised as a security event',
    ),
    event_rules: list(text('a file name or glob'), 'a list of file names or globs')
      .prefault(['rules/*.yaml'])
      .describe(
        'Files of rules for security events, relative to this file: names, folders or globs',
      ),
    stale_after: someTime
      .prefault('90d')
      .describe('Accounts that nobody has used for so long are gaps'),
  })
  .prefault({})
  .describe('The identity twin, and what the main job takes of it');

const TENANTS = `a map of products (${FLOW_PRODUCTS.join(', ')}) to lists of tenants`;
export const remediation = z
  .strictObject({
    tenants: z
      .partialRecord(word(FLOW_PRODUCTS), list(someText, 'a list of tenants'), { error: TENANTS })
      .prefault({})
      .describe(
        'Tenants of ours, by product (AAD, Google Workspace, Salesforce.com): ids or domains as events name them; of Okta it is the host of OKTA_DOMAIN alone',
      ),
    max_event_age: someTime
      .prefault('24h')
      .describe('Events over HTTP that are older than this are refused'),
    requests_per_minute: whole(1, 1_000_000)
      .prefault(600)
      .describe(
        'Requests about flows that one access key may send the HTTP server in a minute; more are answered with 429',
      ),
  })
  .prefault({})
  .describe('Remediation of identity-posture issues by delegated flows');
