import { z } from 'zod';
import {
  cron,
  day,
  duration,
  flag,
  list,
  share,
  someTime,
  text,
  timezone,
  whole,
  word,
} from './fields.ts';
import { enrichment } from './schema-enrichment.ts';
import {
  approvals,
  credentials,
  guardrails,
  protectedList,
  remediation,
  retention,
  twin,
} from './schema-later.ts';
import { DAY_NAMES, FACTOR_TYPES, MONTH_NAMES, OVERLAPS, STATUSES } from './words.ts';

const someText = text('text that is not empty');
const oneOrMany = <Item extends z.ZodType>(item: Item, expected: string) =>
  z.union([item, list(item, expected).min(1, { error: expected })], { error: expected });

const calendar = z.strictObject({
  day_of_week: oneOrMany(word(DAY_NAMES), 'a day such as MON, or a list of them')
    .optional()
    .describe('Days of the week; absent: every one'),
  day_of_month: oneOrMany(whole(1, 31), 'a day from 1 to 31, or a list of them')
    .optional()
    .describe('Days of the month; absent: every one'),
  month: oneOrMany(word(MONTH_NAMES), 'a month such as JAN, or a list of them')
    .optional()
    .describe('Months; absent: every one'),
  hour: oneOrMany(whole(0, 23), 'an hour from 0 to 23, or a list of them')
    .prefault(0)
    .describe('Hours'),
  minute: oneOrMany(whole(0, 59), 'a minute from 0 to 59, or a list of them')
    .prefault(0)
    .describe('Minutes'),
});

const schedule = z.strictObject({
  cron: cron.prefault('0 8 * * MON').describe('When the check runs, as cron'),
  calendar: z
    .array(calendar, { error: 'a list of calendar entries' })
    .min(1, { error: 'at least one calendar entry, or null' })
    .nullable()
    .prefault(null)
    .describe('When the check runs, spelled out; instead of cron'),
  timezone: timezone.prefault('UTC').describe('IANA name of the time zone that the times are in'),
  overlap: word(OVERLAPS)
    .prefault('skip')
    .describe('What happens when a run is due while one is going'),
  catchup_window: someTime.prefault('6h').describe('How late a missed run may still start'),
  jitter: duration.prefault('0s').describe('Spreads the start over this time'),
});

const permitted = z.strictObject({
  operations: list(
    text('an operation such as users:read, or a glob'),
    'a list of operations',
  ).describe('Operations, or globs of them, that the check may use'),
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
  ]),
  slack: permission(['chat:write', 'chat:update', 'history:read']),
  entra: permitted.optional(),
  google: permitted.optional(),
  salesforce: permitted.optional(),
  email: permitted.optional(),
});

const factorTypes = z
  .union(
    [
      z.literal('phishing_resistant', { error: 'the preset phishing_resistant' }),
      list(word(FACTOR_TYPES), 'a list of factor types').min(1, {
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
  user: someText.optional().describe('Login or id of the user; or else a group'),
  group: someText.optional().describe('Id or exact name of a group whose members are excused'),
  reason: someText.describe('Why; it stands in reports'),
  owner: someText.describe('Who answers for it'),
  until: day.describe('Last day on which it holds (UTC)'),
});

const scan = z.strictObject({
  mode: word(['full', 'delta'])
    .prefault('full')
    .describe(
      'Whose factors are read: of everybody, or of those who changed since the last complete run',
    ),
  batch: z
    .union([z.literal('auto', { error: 'auto' }), whole(1, 200)], {
      error: 'auto, or a whole number from 1 to 200',
    })
    .prefault('auto')
    .describe('Users an activity: auto, or 1 to 200'),
  window: whole(1, 500).prefault(8).describe('Check activities in flight'),
  max_unknown: share('a share from 0 to 1')
    .prefault(0.01)
    .describe('Share of users that may stay unknown before the run is INCOMPLETE'),
  max_drop: share('a share from 0 to 1')
    .prefault(0.2)
    .describe('Fall in users since the last complete run that makes the run INCOMPLETE'),
  full_every: someTime
    .prefault('30d')
    .describe('With mode delta: everybody is read where that is longer ago'),
  log_delay: duration
    .prefault('5m')
    .describe(
      'With mode delta: how late entries of the System Log may come; so long is waited before it is read',
    ),
});

const quota = z.strictObject({
  share: share('a share above 0, at most 1', { above: 0 })
    .prefault(0.5)
    .describe("Share of each bucket's limit that may be used up, above 0"),
  reserve: whole(0, 10_000).prefault(5).describe('Calls a window kept for interactive look-ups'),
  warning_threshold: flag
    .prefault(true)
    .describe('Stay under the limit at which Okta mails the administrators'),
});

const label = text('a label without white space, 255 characters at most', (value) =>
  /^\S{1,255}$/u.test(value),
);
const tickets = z.strictObject({
  mode: word(['per_user', 'bulk', 'none'])
    .prefault('per_user')
    .describe('One ticket a person, one for the whole scope, or none'),
  issue_type: someText.prefault('Task').describe('Name of the issue type in Jira'),
  labels: list(label, 'a list of labels')
    .prefault(['mfa'])
    .describe('Labels besides those that arx knows its tickets by'),
  priority: someText
    .nullable()
    .prefault(null)
    .describe("Name of the priority; null: the project's default"),
  due_in: duration
    .nullable()
    .prefault('14d')
    .describe('Due date, counted from the opening; null: none'),
  close_on_compliance: flag
    .prefault(true)
    .describe('Close the ticket of who is compliant; else comment only'),
  close_transition: someText
    .prefault('Done')
    .describe('Name of the closing transition, or of the status it leads to'),
  settle: list(someTime, 'a list of durations')
    .min(1, { error: 'at least one duration' })
    .max(10, { error: 'ten durations at most' })
    .prefault(['30s', '60s', '120s'])
    .describe('Waits between searches for an unanswered create, before another is tried'),
});

const channel = text('a channel id such as C0123456789, or a name such as #security', (value) =>
  /^#?[^\s#@]{1,80}$/u.test(value),
);

/** arx.yaml. Strict: a key that is not here is an error. */
export const configSchema = z.strictObject({
  version: z
    .literal(1, { error: 'the number 1' })
    .describe('Form of this file; the one key that must be there'),
  workflow: z
    .literal('mfa-enforcement-check', { error: 'mfa-enforcement-check' })
    .prefault('mfa-enforcement-check')
    .describe('The workflow that this file configures'),
  schedule: schedule.prefault({}).describe('When `arx register` has the check run'),
  connectors: connectors
    .prefault({})
    .describe('What this workflow may use, checked besides the policies'),
  policies: list(text('a file name or glob'), 'a list of file names or globs')
    .prefault(['policies/*.yaml'])
    .describe('Policy files, relative to this file: names, folders or globs'),
  allowed_factor_types: factorTypes.describe(
    'Factor types that make a user compliant, or the preset phishing_resistant (webauthn, u2f, signed_nonce)',
  ),
  scope: z
    .strictObject({
      statuses: list(word(STATUSES), 'a list of statuses')
        .min(1, { error: 'at least one status' })
        .prefault(['ACTIVE'])
        .describe('Okta statuses that are looked at'),
      groups: list(someText, 'a list of group ids or exact names')
        .prefault([])
        .describe('Only the members of these groups, by id or exact name; empty: everybody'),
    })
    .prefault({})
    .describe('Whom the check looks at'),
  exemptions: list(exemption, 'a list of exemptions')
    .prefault([])
    .describe('Who is excused, until when, why, and who answers for it'),
  grace_period: duration.prefault('0d').describe('Excuses users created less than this ago'),
  scan: scan.prefault({}).describe('How users are read, and when a run counts as INCOMPLETE'),
  quota: quota
    .prefault({})
    .describe('How much of a rate limit arx takes, all workers of an org together'),
  tickets: tickets.prefault({}).describe('What is done in Jira'),
  slack: z
    .strictObject({
      channel: channel
        .nullable()
        .prefault(null)
        .describe('Id or #name of the channel; null: SLACK_CHANNEL'),
    })
    .prefault({})
    .describe('Where the summary of a run is posted'),
  retention,
  approvals,
  guardrails,
  credentials,
  protected: protectedList,
  twin,
  enrichment,
  remediation,
});

/**
 * arx.yaml with every default filled in; keys as in the file, durations as text (`durationMs` reads
 * them).
 */
export type ArxConfig = z.output<typeof configSchema>;
