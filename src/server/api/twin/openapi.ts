import {
  body,
  commonRefusals,
  errorResponse,
  inPath,
  json,
  listOf,
  object,
  orNull,
  queryParameters,
  ref,
  text,
  time,
} from '../openapi-parts.ts';
import {
  APPS_QUERY,
  EVENTS_QUERY,
  FACTS_QUERY,
  GAPS_QUERY,
  PAGE_QUERY,
  SEARCH_QUERY,
  SYNC_BODY,
} from './inputs.ts';

const flag = { type: 'boolean' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const severity = { enum: ['critical', 'high', 'medium', 'low'] };
const syncStatus = { enum: ['running', 'complete', 'incomplete', 'failed', 'terminated'] };
const anything = { type: 'object' } as const;
const REFUSALS = commonRefusals('A field or query parameter is unknown, repeated or malformed.');

const pageFields = (view: string, items: object) => ({
  schema: { const: 'arx.twin/v1' },
  view: { const: view },
  org: orNull('string'),
  sync: {
    anyOf: [
      object({ run: text, status: syncStatus, startedAt: time, finishedAt: orNull('string') }),
      { type: 'null' },
    ],
  },
  items: listOf(items),
  next: orNull('string'),
});
const page = (view: string, items: object) => object(pageFields(view, items));

const exception = object({
  what: text,
  id: text,
  code: orNull('string'),
  status: orNull('number'),
});
const stream = object(
  {
    name: { enum: ['users', 'apps', 'logs', 'roles'] },
    state: { enum: ['complete', 'partial', 'denied'] },
    count,
    at: orNull('string'),
    reason: orNull('string'),
    age: orNull('number'),
    completeAt: orNull('string'),
    completeAge: orNull('number'),
    completeCount: orNull('number'),
    exceptions: listOf(exception),
  },
  ['exceptions'],
);

/** Schemas of the answers of the API of the twin, by name. */
export const TWIN_SCHEMAS = {
  OktaStatus: object({
    schema: { const: 'arx.okta/v1' },
    configured: flag,
    org: orNull('string'),
    credential: { enum: ['ssws', 'service_app', null] },
    source: { enum: ['vault', 'environment', 'stored'] },
    problem: {
      anyOf: [object({ code: text, message: text, remedy: text }), { type: 'null' }],
    },
    sync: orNull('object'),
    streams: listOf(stream),
    items: listOf(stream),
  }),
  TwinGaps: page(
    'gaps',
    object(
      {
        kind: text,
        severity,
        subject: text,
        name: text,
        detail: text,
        since: time,
        closedAt: orNull('string'),
      },
      ['closedAt'],
    ),
  ),
  TwinEvents: page(
    'events',
    object({
      uuid: text,
      rule: text,
      severity,
      tactic: text,
      technique: text,
      at: time,
      actor: orNull('string'),
      target: orNull('string'),
    }),
  ),
  TwinFacts: page(
    'facts',
    object({
      key: text,
      value: text,
      text,
      confidence: { enum: ['verified', 'derived', 'stale'] },
      source: text,
      run: text,
      observedAt: time,
      leavesOut: orNull('string'),
    }),
  ),
  TwinApps: page(
    'apps',
    object({
      id: text,
      label: text,
      signOnMode: text,
      status: text,
      users: orNull('number'),
      groups: orNull('number'),
      gone: flag,
    }),
  ),
  TwinAdmins: page(
    'admins',
    object({
      id: text,
      login: text,
      status: text,
      roles: { type: ['array', 'null'] },
      factors: { type: ['array', 'null'] },
      mfa: { enum: ['enrolled', 'none', 'unknown'] },
      strongest: orNull('string'),
      privileged: orNull('boolean'),
      why: listOf(anything),
      lastLogin: orNull('string'),
    }),
  ),
  TwinTimeline: object({
    ...pageFields('timeline', object({ run: text, at: time, coverage: anything, gaps: anything })),
    changes: listOf(anything),
    moreChanges: count,
  }),
  TwinSearch: page(
    'search',
    object(
      {
        kind: { enum: ['user', 'group', 'app', 'gap', 'event', 'fact'] },
        id: text,
        label: text,
        detail: text,
        gone: { const: true },
      },
      ['gone'],
    ),
  ),
  StartedSync: object({
    schema: { const: 'arx.sync/v1' },
    run: text,
    workflowId: text,
    status: { const: 'running' },
  }),
  Sync: object(
    {
      schema: { const: 'arx.sync/v1' },
      run: text,
      workflowId: text,
      org: text,
      status: syncStatus,
      startedAt: time,
      finishedAt: orNull('string'),
      streams: listOf(anything),
      progress: orNull('object'),
    },
    ['streams'],
  ),
};

const get = (operationId: string, summary: string, schema: string, parameters: object[]) => ({
  get: {
    operationId,
    summary,
    parameters,
    responses: { 200: json(`${summary}.`, ref(schema)), ...REFUSALS },
  },
});

/** The API of the twin and of its syncs. */
export const TWIN_PATHS = {
  '/v1/twin': get(
    'showTwin',
    'How Okta is configured, and each stream with its age',
    'OktaStatus',
    [],
  ),
  '/v1/twin/gaps': get(
    'listGaps',
    'Gaps, most severe first',
    'TwinGaps',
    queryParameters(GAPS_QUERY),
  ),
  '/v1/twin/events': get(
    'listSecurityEvents',
    'Security events, newest first',
    'TwinEvents',
    queryParameters(EVENTS_QUERY),
  ),
  '/v1/twin/facts': get(
    'listFacts',
    'Facts with confidence, source and age',
    'TwinFacts',
    queryParameters(FACTS_QUERY),
  ),
  '/v1/twin/apps': get('listApps', 'Apps by id', 'TwinApps', queryParameters(APPS_QUERY)),
  '/v1/twin/admins': get(
    'listAdministrators',
    'Administrators and members of privileged groups, and why',
    'TwinAdmins',
    queryParameters(PAGE_QUERY),
  ),
  '/v1/twin/timeline': get(
    'listTimeline',
    'The posture at each sync, newest first, with the changes of the newest',
    'TwinTimeline',
    queryParameters(PAGE_QUERY),
  ),
  '/v1/twin/search': get(
    'searchTwin',
    'Everything in the twin that contains a text',
    'TwinSearch',
    queryParameters(SEARCH_QUERY),
  ),
  '/v1/syncs': {
    post: {
      operationId: 'startSync',
      summary: 'Start a sync with the configuration of the worker',
      requestBody: body(SYNC_BODY),
      responses: { 202: json('The started sync.', ref('StartedSync')), ...REFUSALS },
    },
  },
  '/v1/syncs/{id}': {
    get: {
      operationId: 'showSync',
      summary: 'One sync with its result, or its progress',
      parameters: [inPath('id')],
      responses: {
        200: json('The sync; `progress` while it is running.', ref('Sync')),
        ...REFUSALS,
        404: errorResponse('There is no such sync.'),
      },
    },
  },
} as const;
