import {
  body,
  commonRefusals,
  errorResponse,
  inPath,
  json,
  queryParameters,
  ref,
} from '../openapi-parts.ts';
import { PERSON_QUERY } from '../people/inputs.ts';
import { COMPARE_QUERY, PEOPLE_QUERY, REPORT_QUERY, RUNS_QUERY, START_BODY } from './inputs.ts';

const RUN = inPath('run');
const REFUSALS = commonRefusals(
  'A field or query parameter is unknown, repeated, missing or malformed.',
);
const MISSING = { 404: errorResponse('There is no such run.') };

/** The API of checks. */
export const CHECK_PATHS = {
  '/v1/runs': {
    get: {
      operationId: 'listRuns',
      summary: 'Runs of the check, newest first',
      parameters: queryParameters(RUNS_QUERY),
      responses: { 200: json('The runs, without their users.', ref('Runs')), ...REFUSALS },
    },
    post: {
      operationId: 'startRun',
      summary: 'Start a check with the configuration of the worker',
      requestBody: body(START_BODY),
      responses: { 202: json('The started run.', ref('StartedRun')), ...REFUSALS },
    },
  },
  '/v1/runs/{run}': {
    get: {
      operationId: 'showRun',
      summary: 'One run: figures, coverage, tickets, and why it is incomplete',
      parameters: [RUN],
      responses: {
        200: json('The run; `progress` while it is running.', ref('Run')),
        ...REFUSALS,
        ...MISSING,
      },
    },
  },
  '/v1/runs/{run}/cancel': {
    post: {
      operationId: 'cancelRun',
      summary: 'Ask for the end of a running check; it is recorded as failed',
      parameters: [RUN],
      responses: {
        202: json('Requested; the check ends when its current calls have ended.', ref('Cancel')),
        ...REFUSALS,
        ...MISSING,
        409: errorResponse('The run is not running.'),
      },
    },
  },
  '/v1/runs/{run}/report': {
    get: {
      operationId: 'showReport',
      summary: 'The report of a run, as `arx report RUN --json` prints it',
      parameters: [RUN, ...queryParameters(REPORT_QUERY)],
      responses: { 200: json('The report.', ref('RunReport')), ...REFUSALS, ...MISSING },
    },
  },
  '/v1/runs/{run}/people': {
    get: {
      operationId: 'listPeople',
      summary: 'People of a run, with counts per verdict',
      parameters: [RUN, ...queryParameters(PEOPLE_QUERY)],
      responses: { 200: json('The people.', ref('People')), ...REFUSALS, ...MISSING },
    },
  },
  '/v1/people/{id}': {
    get: {
      operationId: 'showPerson',
      summary: 'One person: verdict with evidence, history, tickets, twin and flow runs',
      parameters: [inPath('id'), ...queryParameters(PERSON_QUERY)],
      responses: {
        200: json(
          'The person. `flowRuns` is null unless the key also has the scope `flows`.',
          ref('Person'),
        ),
        ...REFUSALS,
        404: errorResponse('Nothing is known about such a person.'),
      },
    },
  },
  '/v1/runs/{run}/compare': {
    get: {
      operationId: 'compareRuns',
      summary: 'A run beside another one, and the people whose verdicts differ',
      parameters: [RUN, ...queryParameters(COMPARE_QUERY)],
      responses: { 200: json('The comparison.', ref('Comparison')), ...REFUSALS, ...MISSING },
    },
  },
} as const;
