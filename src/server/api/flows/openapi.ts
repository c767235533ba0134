import {
  EVENT_QUERY,
  HISTORY_QUERY,
  RUN_BODY,
  SET_BODY,
  SWITCH_BODY,
  UNDO_BODY,
} from './inputs.ts';
import {
  body,
  inPath,
  json,
  queryParameters,
  ref,
  errorResponse,
  retryLaterResponse,
} from '../openapi-parts.ts';

const FLOW = inPath('name');
const RUN = inPath('run', { type: 'string', pattern: '^[0-9a-f]{32}$' });

const ALWAYS = {
  400: errorResponse('A field is unknown, missing or malformed; `where.path` names it.'),
  401: errorResponse('No valid access key.'),
  429: retryLaterResponse(
    'This key has sent too many requests; Retry-After says when to try again.',
  ),
  503: retryLaterResponse('A server behind this one does not answer.'),
};
const HIDDEN = {
  404: errorResponse('It does not exist, or no resource set shows it to this key.'),
};
const GUARDED = {
  403: errorResponse('The action is not allowed; the code says why.'),
};
const BODY = {
  413: errorResponse('The body is too large.'),
  415: errorResponse('The body is not sent as JSON.'),
};
const STARTED = {
  202: json('A new run.', ref('Accepted')),
  200: json('The existing run; its workflow is started if it was not.', ref('Accepted')),
  409: errorResponse(
    'The id of the event was used with other content or inputs; or there is nothing to undo.',
  ),
};

/** The API of delegated flows. */
export const FLOW_PATHS = {
  '/v1/ispm/events': {
    post: {
      operationId: 'sendIspmEvent',
      summary: 'An issue of Okta ISPM: runs the flow of the routing table, once per event id',
      parameters: queryParameters(EVENT_QUERY),
      requestBody: {
        required: true,
        content: { 'application/json': { schema: ref('IspmEvent') } },
      },
      responses: { ...STARTED, ...ALWAYS, ...GUARDED, ...HIDDEN, ...BODY },
    },
  },
  '/v1/flows': {
    get: {
      operationId: 'listFlows',
      summary: 'The flows that this key may see',
      responses: { 200: json('Each with the permissions on it.', ref('Flows')), ...ALWAYS },
    },
  },
  '/v1/flows/{name}': {
    get: {
      operationId: 'showFlow',
      summary: 'One flow with its inputs, steps and routes',
      parameters: [FLOW],
      responses: {
        200: json('The flow, alone in a list.', ref('FlowDetails')),
        ...ALWAYS,
        ...HIDDEN,
      },
    },
  },
  '/v1/flows/{name}/runs': {
    post: {
      operationId: 'runFlow',
      summary: 'Runs a flow for an event, with inputs',
      parameters: [FLOW],
      requestBody: body(RUN_BODY, { event: ref('IspmEvent') }),
      responses: { ...STARTED, ...ALWAYS, ...GUARDED, ...HIDDEN, ...BODY },
    },
  },
  '/v1/flows/{name}/enabled': {
    put: {
      operationId: 'switchFlow',
      summary: 'Enables or disables a flow; for super administrators of Okta',
      parameters: [FLOW],
      requestBody: body(SWITCH_BODY),
      responses: {
        200: json('The new state.', ref('FlowSwitch')),
        ...ALWAYS,
        ...GUARDED,
        ...HIDDEN,
        ...BODY,
      },
    },
  },
  '/v1/flow-runs': {
    get: {
      operationId: 'listFlowRuns',
      summary: 'Runs of flows that this key may see, newest first',
      parameters: queryParameters(HISTORY_QUERY),
      responses: { 200: json('One page.', ref('FlowRuns')), ...ALWAYS, ...GUARDED, ...HIDDEN },
    },
  },
  '/v1/flow-runs/{run}': {
    get: {
      operationId: 'showFlowRun',
      summary: 'One run with its plan, decisions, approvals, calls and undo recipe',
      parameters: [RUN],
      responses: { 200: json('The run.', ref('FlowRun')), ...ALWAYS, ...HIDDEN },
    },
  },
  '/v1/flow-runs/{run}/undo': {
    post: {
      operationId: 'undoFlowRun',
      summary: 'Undoes a run, as a run of its own',
      parameters: [RUN],
      requestBody: { ...body(UNDO_BODY), required: false },
      responses: { ...STARTED, ...ALWAYS, ...GUARDED, ...HIDDEN, ...BODY },
    },
  },
  '/v1/resource-sets': {
    get: {
      operationId: 'listResourceSets',
      summary:
        'Who may see and run which flows: all sets for super administrators of Okta, their own for others',
      responses: { 200: json('The sets.', ref('ResourceSets')), ...ALWAYS },
    },
  },
  '/v1/resource-sets/{name}': {
    get: {
      operationId: 'showResourceSet',
      summary: 'One set',
      parameters: [inPath('name')],
      responses: {
        200: json('The set, alone in a list.', ref('ResourceSets')),
        ...ALWAYS,
        ...HIDDEN,
      },
    },
    put: {
      operationId: 'putResourceSet',
      summary: 'Creates or replaces a set; for super administrators of Okta',
      parameters: [inPath('name')],
      requestBody: body(SET_BODY),
      responses: {
        200: json('The set as stored.', ref('ResourceSets')),
        ...ALWAYS,
        ...GUARDED,
        ...BODY,
      },
    },
    delete: {
      operationId: 'removeResourceSet',
      summary: 'Removes a set; for super administrators of Okta',
      parameters: [inPath('name')],
      responses: { 204: { description: 'The set is removed.' }, ...ALWAYS, ...GUARDED, ...HIDDEN },
    },
  },
} as const;
