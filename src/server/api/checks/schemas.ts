/** Schemas of the answers of the API of checks, by name. */
import { CLASSES_BY_STRENGTH as CLASSES } from '../../../mfa/strength.ts';
import { VERDICTS } from '../../../mfa/types.ts';
import { listOf, object, orNull, ref, text, time } from '../openapi-parts.ts';

const count = { type: 'integer', minimum: 0 } as const;
const flag = { type: 'boolean' } as const;
const verdict = { enum: [...VERDICTS, null] };
const factorClass = { enum: CLASSES };
const perName = (names: readonly string[]) =>
  object(Object.fromEntries(names.map((name) => [name, count])));

const share = { type: ['number', 'null'], minimum: 0, maximum: 1 };
const coverage = object({ low: share, high: share });
const breakdown = object({ name: text, counts: ref('VerdictCounts'), coverage });
const run = {
  run: text,
  workflowId: text,
  scopeKey: text,
  status: { enum: ['running', 'complete', 'incomplete', 'failed', 'terminated'] },
  reasons: listOf(text),
  dryRun: flag,
  org: text,
  scope: object({ statuses: listOf(text), groups: listOf(object({ id: text, name: text })) }),
  scan: { type: 'object' },
  startedAt: time,
  finishedAt: orNull('string'),
  counts: ref('VerdictCounts'),
  coverage,
  previousCoverage: { anyOf: [coverage, { type: 'null' }] },
  byFactor: { type: 'object', additionalProperties: count },
  byClass: perName(CLASSES),
  authenticators: count,
  pushOnly: count,
  departments: listOf(breakdown),
  groups: listOf(breakdown),
  administrators: { anyOf: [breakdown, { type: 'null' }] },
  exemptions: object({
    live: count,
    expired: listOf(object({ subject: text, owner: text, until: text })),
  }),
  changes: object({ new: count, resolved: count, regressed: count, users: { type: 'object' } }),
  tickets: ref('TicketSummary'),
  slack: orNull('object'),
  slackFailed: { type: 'object' },
  calls: perName(['okta', 'jira', 'slack', 'throttled']),
  audit: object({ entries: count, head: text, checkpoint: text }, ['checkpoint']),
  seconds: orNull('number'),
  removedAt: time,
};
const SOMETIMES = ['scan', 'slackFailed', 'removedAt'];
const evidence = {
  department: orNull('string'),
  verdict,
  reason: orNull('string'),
  factors: listOf(
    object({
      type: text,
      provider: orNull('string'),
      status: orNull('string'),
      class: factorClass,
    }),
  ),
  ticket: orNull('string'),
  takenOver: object({ run: text, at: time }),
};
const user = { id: text, login: text, ...evidence, administrator: flag };
const figures = {
  run: text,
  status: text,
  dryRun: flag,
  startedAt: time,
  finishedAt: orNull('string'),
  counts: ref('VerdictCounts'),
  coverage,
  byClass: perName(CLASSES),
  administrators: { anyOf: [breakdown, { type: 'null' }] },
  removedAt: time,
};
const schemaOfRun = { schema: { const: 'arx.run/v1' } };

export const CHECK_SCHEMAS = {
  VerdictCounts: perName([...VERDICTS, 'enumerated']),
  TicketSummary: object({
    ...Object.fromEntries(
      [
        ...['created', 'kept', 'reopened', 'closed', 'leftClosed', 'departed', 'failedCount'],
        ...['wouldCreate', 'wouldKeep', 'wouldClose'],
      ].map((name) => [name, count]),
    ),
    departures: listOf(object({ key: orNull('string'), user: text })),
    failed: listOf(
      object({
        key: orNull('string'),
        user: orNull('string'),
        code: text,
        fields: listOf(text),
        message: orNull('string'),
      }),
    ),
    keys: listOf(text),
    url: orNull('string'),
  }),
  RunItem: object({ ...schemaOfRun, ...run }, SOMETIMES),
  Run: object({ ...schemaOfRun, ...run, progress: orNull('object') }, SOMETIMES),
  Runs: object({
    schema: { const: 'arx.runs/v1' },
    items: listOf(ref('RunItem')),
    next: orNull('string'),
  }),
  RunReport: object({ ...schemaOfRun, ...run, users: listOf(object(user, ['takenOver'])) }, [
    ...SOMETIMES,
    'users',
  ]),
  Cancel: object({
    schema: { const: 'arx.cancel/v1' },
    run: text,
    workflowId: text,
    requested: { const: true },
  }),
  StartedRun: object({
    ...schemaOfRun,
    run: text,
    workflowId: text,
    status: { const: 'running' },
    dryRun: flag,
  }),
  People: object(
    {
      schema: { const: 'arx.people/v1' },
      run: text,
      removedAt: time,
      counts: perName([...VERDICTS, 'unchecked']),
      total: count,
      items: listOf(
        object(
          {
            ...user,
            status: text,
            strongest: { enum: [...CLASSES, null] },
            weakest: { enum: [...CLASSES, null] },
            checkedAt: orNull('string'),
          },
          ['takenOver'],
        ),
      ),
      next: orNull('string'),
    },
    ['removedAt'],
  ),
  Person: object({
    schema: { const: 'arx.person/v1' },
    id: text,
    login: text,
    at: orNull('string'),
    verdict: { anyOf: [ref('PersonVerdict'), { type: 'null' }] },
    since: { anyOf: [object({ run: text, at: time, verdict }), { type: 'null' }] },
    history: listOf(ref('PersonVerdict')),
    tickets: listOf(object({ key: text, firstRun: text, lastRun: text })),
    twin: {
      anyOf: [
        object({
          org: text,
          sync: object({ run: text, startedAt: time }),
          user: orNull('object'),
          gaps: listOf({ type: 'object' }),
        }),
        { type: 'null' },
      ],
    },
    flowRuns: { type: ['array', 'null'], items: ref('FlowRunItem') },
  }),
  PersonVerdict: object(
    {
      ...evidence,
      run: text,
      startedAt: time,
      runStatus: text,
      dryRun: flag,
      checkedAt: orNull('string'),
      ticketAction: orNull('string'),
    },
    ['takenOver'],
  ),
  Comparison: object({
    schema: { const: 'arx.comparison/v1' },
    run: object(figures, ['removedAt']),
    with: object(figures, ['removedAt']),
    sameScope: flag,
    transitions: listOf(object({ from: verdict, to: verdict, users: count })),
    items: listOf(
      object({
        id: text,
        login: text,
        department: orNull('string'),
        from: verdict,
        to: verdict,
      }),
    ),
    next: orNull('string'),
  }),
};
