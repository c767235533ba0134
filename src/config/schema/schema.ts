import { z } from 'zod';
import {
  cron,
  day,
  duration,
  flag,
  list,
  positiveDuration,
  share,
  someText,
  text,
  timezone,
  whole,
  word,
} from './fields.ts';
import { audit } from './audit-settings.ts';
import { enrichment } from './enrichment-schema.ts';
import {
  api,
  approvals,
  credentials,
  guardrails,
  protectedList,
  remediation,
  retention,
  twin,
} from './sections.ts';
import { tickets } from './tickets.ts';
import {
  DAY_NAMES,
  FACTOR_TYPE_NAMES,
  MONTH_NAMES,
  OVERLAPS,
  PROVIDER_TYPES,
  STATUSES,
} from './words.ts';

const oneOrMany = <Item extends z.ZodType>(item: Item, expected: string) =>
  z.union([item, list(item, expected).min(1, { error: expected })], { error: expected });

const calendar = z.strictObject({
  day_of_week: oneOrMany(word(DAY_NAMES), 'a day such as MON, or a list of them')
    .optional()
    .describe('Days of the week; every day if omitted'),
  day_of_month: oneOrMany(whole(1, 31), 'a day from 1 to 31, or a list of them')
    .optional()
    .describe('Days of the month; every day if omitted'),
  month: oneOrMany(word(MONTH_NAMES), 'a month such as JAN, or a list of them')
    .optional()
    .describe('Months; every month if omitted'),
  hour: oneOrMany(whole(0, 23), 'an hour from 0 to 23, or a list of them')
    .prefault(0)
    .describe('Hours'),
  minute: oneOrMany(whole(0, 59), 'a minute from 0 to 59, or a list of them')
    .prefault(0)
    .describe('Minutes'),
});

const schedule = z.strictObject({
  cron: cron.prefault('0 8 * * MON').describe('When the check runs, as a cron line'),
  calendar: z
    .array(calendar, { error: 'a list of calendar entries' })
    .min(1, { error: 'at least one calendar entry, or null' })
    .nullable()
    .prefault(null)
    .describe('When the check runs, as calendar entries; replaces cron'),
  timezone: timezone.prefault('UTC').describe('Time zone of the schedule (IANA name)'),
  overlap: word(OVERLAPS)
    .prefault('skip')
    .describe('What happens when a run is due while another is still running'),
  catchup_window: positiveDuration.prefault('6h').describe('How late a missed run may still start'),
  jitter: duration
    .prefault('0s')
    .describe('Delays each start by a random time of up to this length'),
});

const permitted = z.strictObject({
  operations: list(
    text('an operation such as users:read, or a glob'),
    'a list of operations',
  ).describe('Operations that the check may use, as names or globs'),
});
const permission = (operations: readonly string[]) =>
  permitted.prefault({ operations: [...operations] });

const connectors = z.strictObject({
  okta: permission([
    'users:read',
    'users:read_detail',
    'users:read_factors',
    'groups:read',
    'groups:read_members',
  ]),
  jira: permission([
    'issues:create',
    'issues:read',
    'issues:update',
    'issues:comment',
    'issues:transition',
    'users:lookup',
    'server:read',
  ]),
  slack: permission(['chat:write', 'chat:update', 'history:read']),
  entra: permitted.optional(),
  google: permitted.optional(),
  salesforce: permitted.optional(),
  email: permitted.optional(),
});

const A_FACTOR_TYPE = `one of ${[...FACTOR_TYPE_NAMES, ...PROVIDER_TYPES].join(', ')}, or other: and the name of another type`;
/** How a factor type that arx does not know is written. */
export const OTHER_FACTOR_TYPE = /^other:[\w:.-]{1,60}$/;

const factorType = z.union(
  [
    word([...FACTOR_TYPE_NAMES, ...PROVIDER_TYPES]),
    z.string().regex(OTHER_FACTOR_TYPE, { error: A_FACTOR_TYPE, abort: true }),
  ],
  { error: A_FACTOR_TYPE },
);
const factorTypes = z
  .union(
    [
      z.literal('phishing_resistant', { error: 'the preset phishing_resistant' }),
      list(factorType, 'a list of factor types').min(1, {
        error: 'at least one factor type',
      }),
    ],
    { error: 'a list of factor types, or the preset phishing_resistant' },
  )
  .prefault([
    'webauthn',
    'u2f',
    'signed_nonce',
    'token:software:totp',
    'token:hotp',
    'token:hardware',
    'token',
    'push',
  ]);

const exemption = z.strictObject({
  user: someText.optional().describe('Login or id of the exempt user; or name a group instead'),
  group: someText.optional().describe('Id or exact name of a group whose members are exempt'),
  reason: someText.describe('Reason for the exemption; shown in reports'),
  owner: someText.describe('Person responsible for the exemption'),
  until: day.describe('Last day of the exemption (UTC)'),
});

const scan = z.strictObject({
  mode: word(['full', 'delta'])
    .prefault('full')
    .describe(
      'full: the factors of all users are read; delta: only those of users who changed since the last complete run',
    ),
  batch: z
    .union([z.literal('auto', { error: 'auto' }), whole(1, 200)], {
      error: 'auto, or a whole number from 1 to 200',
    })
    .prefault('auto')
    .describe('Users per activity: auto, or 1 to 200'),
  window: whole(1, 500)
    .prefault(8)
    .describe('Number of check activities that run at the same time'),
  max_unknown: share('a share from 0 to 1')
    .prefault(0.01)
    .describe('Share of users that may remain unknown before the run counts as INCOMPLETE'),
  max_drop: share('a share from 0 to 1')
    .prefault(0.2)
    .describe(
      'Share by which the number of users may fall since the last complete run before the run counts as INCOMPLETE',
    ),
  full_every: positiveDuration
    .prefault('30d')
    .describe(
      'With mode delta: all users are read again when the last full scan is older than this',
    ),
  log_delay: duration
    .prefault('5m')
    .describe(
      'With mode delta: how late System Log entries may arrive; the check waits this long before it reads the log',
    ),
});

const quota = z.strictObject({
  share: share('a share of more than 0 and at most 1', { above: 0 })
    .prefault(0.5)
    .describe("Share of each bucket's limit that arx may use"),
  reserve: whole(0, 10_000)
    .prefault(5)
    .describe('Calls per window reserved for interactive look-ups'),
  warning_threshold: flag
    .prefault(true)
    .describe('Stay below the usage at which Okta e-mails the administrators'),
});

const channel = text('a channel id such as C0123456789, or a name such as #security', (value) =>
  /^#?[^\s#@]{1,80}$/u.test(value),
);

/** The schema of arx.yaml. It is strict: unknown keys are errors. */
export const configSchema = z.strictObject({
  version: z
    .literal(1, { error: 'the number 1' })
    .describe('Version of the file format; the only required key'),
  workflow: z
    .literal('mfa-enforcement-check', { error: 'mfa-enforcement-check' })
    .prefault('mfa-enforcement-check')
    .describe('Workflow that this file configures'),
  schedule: schedule.prefault({}).describe('Schedule of the check, created by `arx register`'),
  connectors: connectors
    .prefault({})
    .describe('Operations that this workflow may use; the policies apply as well'),
  policies: list(text('a file name or glob'), 'a list of file names or globs')
    .prefault(['policies/*.yaml'])
    .describe('Policy files, relative to this file: file names, directories or globs'),
  allowed_factor_types: factorTypes.describe(
    'Factor types that make a user compliant, or the preset phishing_resistant (webauthn, u2f, signed_nonce). Types of other providers, and `other:NAME` for a type that arx does not know, count only if they are listed',
  ),
  scope: z
    .strictObject({
      statuses: list(word(STATUSES), 'a list of statuses')
        .min(1, { error: 'at least one status' })
        .prefault(['ACTIVE'])
        .describe('Okta statuses of the users to check'),
      groups: list(someText, 'a list of group ids or exact names')
        .prefault([])
        .describe('Groups whose members are checked, by id or exact name; empty: all users'),
    })
    .prefault({})
    .describe('Users to check'),
  exemptions: list(exemption, 'a list of exemptions')
    .prefault([])
    .describe('Exempt users and groups, each with a reason, an owner and an end date'),
  grace_period: duration
    .prefault('0d')
    .describe(
      'Grace period after a user is created; until it ends, no ticket is opened for the user',
    ),
  scan: scan.prefault({}).describe('How users are read, and when a run counts as INCOMPLETE'),
  quota: quota
    .prefault({})
    .describe('How much of each rate limit arx may use, shared by all workers of an organisation'),
  tickets: tickets.prefault({}).describe('Tickets in Jira'),
  slack: z
    .strictObject({
      channel: channel
        .nullable()
        .prefault(null)
        .describe('Id or #name of the channel; null: SLACK_CHANNEL'),
    })
    .prefault({})
    .describe('Where the summary of each run is posted'),
  retention,
  audit,
  approvals,
  guardrails,
  environment_name: text('a name such as production', (value) => /^[\w.-]{1,64}$/u.test(value))
    .optional()
    .describe('Name of the environment, for conditions of policies on `environment`'),
  credentials,
  protected: protectedList,
  twin,
  enrichment,
  remediation,
  api,
});

/**
 * arx.yaml with every default filled in. Keys are spelt as in the file; durations are text, which
 * `durationMs` converts.
 */
export type ArxConfig = z.output<typeof configSchema>;
