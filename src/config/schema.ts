import { z } from 'zod';
import { cron, day, duration, flag, list, share, someTime, text, timezone, whole, word } from './fields.ts';
import {
  approvals,
  credentials,
  enrichment,
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
  day_of_week: oneOrMany(word(DAY_NAMES), 'a day such as MON, or a list of them').optional(),
  day_of_month: oneOrMany(whole(1, 31), 'a day from 1 to 31, or a list of them').optional(),
  month: oneOrMany(word(MONTH_NAMES), 'a month such as JAN, or a list of them').optional(),
  hour: oneOrMany(whole(0, 23), 'an hour from 0 to 23, or a list of them').prefault(0),
  minute: oneOrMany(whole(0, 59), 'a minute from 0 to 59, or a list of them').prefault(0),
});

const schedule = z.strictObject({
  cron: cron.prefault('0 8 * * MON').describe('When the check runs, as cron'),
  calendar: z
    .array(calendar, { error: 'a list of calendar entries' })
    .min(1, { error: 'at least one calendar entry, or null' })
    .nullable()
    .prefault(null)
    .describe('When the check runs, spelled out; instead of cron'),
  timezone: timezone.prefault('UTC'),
  overlap: word(OVERLAPS).prefault('skip').describe('What happens when a run is due while one is going'),
  catchup_window: someTime.prefault('6h').describe('How late a missed run may still start'),
  jitter: duration.prefault('0s').describe('Spreads the start over this time'),
});

const permission = (operations: readonly string[]) =>
  z
    .strictObject({ operations: list(text('an operation such as users:read, or a glob'), 'a list of operations') })
    .prefault({ operations: [...operations] });

const connectors = z.strictObject({
  okta: permission(['users:read', 'users:read_detail', 'users:read_factors', 'groups:read', 'groups:read_members']),
  jira: permission(['issues:create', 'issues:read', 'issues:update', 'issues:comment', 'issues:transition']),
  slack: permission(['chat:write', 'chat:update', 'history:read']),
});

const factorTypes = z
  .union(
    [
      z.literal('phishing_resistant', { error: 'the preset phishing_resistant' }),
      list(word(FACTOR_TYPES), 'a list of factor types').min(1, { error: 'at least one factor type' }),
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
  user: someText.optional(),
  group: someText.optional(),
  reason: someText,
  owner: someText,
  until: day,
});

const scan = z.strictObject({
  mode: word(['full', 'delta']).prefault('full'),
  batch: z
    .union([z.literal('auto', { error: 'auto' }), whole(1, 200)], { error: 'auto, or a whole number from 1 to 200' })
    .prefault('auto')
    .describe('Users an activity: auto, or 1 to 200'),
  window: whole(1, 500).prefault(8).describe('Check activities in flight'),
  max_unknown: share('a share from 0 to 1').prefault(0.01),
  max_drop: share('a share from 0 to 1').prefault(0.2),
});

const quota = z.strictObject({
  share: share('a share above 0, at most 1', { above: 0 }).prefault(0.5).describe("Of each bucket's limit"),
  reserve: whole(0, 10_000).prefault(5).describe('Calls a window kept for interactive look-ups'),
  warning_threshold: flag.prefault(true).describe('Stay under the limit at which Okta mails the administrators'),
});

const label = text('a label without white space, 255 characters at most', (value) => /^\S{1,255}$/u.test(value));
const tickets = z.strictObject({
  mode: word(['per_user', 'bulk', 'none']).prefault('per_user'),
  issue_type: someText.prefault('Task'),
  labels: list(label, 'a list of labels').prefault(['mfa']),
  priority: someText.nullable().prefault(null),
  due_in: duration.nullable().prefault('14d'),
  close_on_compliance: flag.prefault(true),
  close_transition: someText.prefault('Done'),
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
  version: z.literal(1, { error: 'the number 1' }),
  workflow: z.literal('mfa-enforcement-check', { error: 'mfa-enforcement-check' }).prefault('mfa-enforcement-check'),
  schedule: schedule.prefault({}),
  connectors: connectors.prefault({}).describe('What this workflow may use, checked besides the policies'),
  policies: list(text('a file name or glob'), 'a list of file names or globs').prefault(['policies/*.yaml']),
  allowed_factor_types: factorTypes,
  scope: z
    .strictObject({
      statuses: list(word(STATUSES), 'a list of statuses')
        .min(1, { error: 'at least one status' })
        .prefault(['ACTIVE']),
      groups: list(someText, 'a list of group ids or exact names').prefault([]),
    })
    .prefault({}),
  exemptions: list(exemption, 'a list of exemptions').prefault([]),
  grace_period: duration.prefault('0d'),
  scan: scan.prefault({}),
  quota: quota.prefault({}),
  tickets: tickets.prefault({}),
  slack: z.strictObject({ channel: channel.nullable().prefault(null) }).prefault({}),
  retention,
  approvals,
  guardrails,
  credentials,
  protected: protectedList,
  twin,
  enrichment,
  remediation,
});

/** arx.yaml with every default filled in; keys as in the file, durations as text (`durationMs` reads them). */
export type ArxConfig = z.output<typeof configSchema>;
