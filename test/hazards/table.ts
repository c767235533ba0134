/**
 * The hazards of the vendors and of Temporal that touch the main job, the test that guards the
 * answer to each, and how to take the answer out: `node test/hazards/take-out.ts` does so one by
 * one, and sees the test fail.
 */

import { VENDOR_ANSWERS } from './vendor-answers.ts';
import { OKTA_READS } from './okta-reads.ts';

/** A change of one source file that undoes an answer; `from` stands in the file exactly once. */
export interface Change {
  file: string;
  from: string;
  to: string;
}

export interface Hazard {
  area:
    | 'Okta SDK'
    | 'Jira'
    | 'Slack'
    | 'Temporal'
    | 'Store'
    | 'Embedded stack'
    | 'Governance'
    | 'Elsewhere';
  hazard: string;
  /** File below test/, and the name of the test as it stands there. */
  test: readonly [file: string, name: string];
  takenOut: readonly Change[];
  /** Picks one of the cases of a test with a table, where running all of them takes long. */
  only?: string;
}

const change = (file: string, from: string, to: string): Change => ({
  file: `src/${file}`,
  from,
  to,
});

const OKTA_TEST = 'unit/connectors/okta/hazards.test.ts';
const JIRA_TEST = 'unit/connectors/jira/jira.test.ts';
const DATA_CENTER = 'unit/connectors/jira/data-center.test.ts';
const FIELD_REPORTS = 'unit/connectors/field-reports.test.ts';
const SLACK_TEST = 'unit/connectors/slack/slack.test.ts';
const HTTP_TEST = 'unit/connectors/transport/http.test.ts';
const INCIDENTS = 'e2e/incidents.test.ts';
const REFUSED_TICKETS = 'unit/activities/mfa/tickets/refused-tickets.test.ts';
const CREATE_SCREEN = 'unit/activities/mfa/tickets/create-screen.test.ts';
const SUMMARY = 'unit/activities/mfa/summary.test.ts';
const OVERTAKEN = 'unit/activities/overtaken.test.ts';
const ATTEMPTS = 'unit/store/journal/attempts.test.ts';
const KILLED = 'e2e/killed-worker.test.ts';
const LONG = 'e2e/long-waits.test.ts';
const SCALE = 'workflows/mfa-enforcement-check.test.ts';
const INPUTS = 'workflows/governed-inputs.test.ts';
const IN_TEMPORAL = 'workflows/approval-in-temporal.test.ts';
const SINK = 'unit/store/sink/shipping.test.ts';
const S3_SINK = 'unit/store/sink/s3-sink.test.ts';
const SINK_CLI = 'unit/cli/audit/sink.test.ts';
const VOTES = 'unit/activities/governance/votes.test.ts';
const DESCRIBE = 'unit/activities/governance/describe-request.test.ts';
const SCHEDULE = 'e2e/schedule.test.ts';
const CLI_TEST = 'unit/local/temporal.test.ts';
const OWN_EXECUTOR = change('connectors/okta/client.ts', '    requestExecutor: executor,\n', '');

const OKTA: Hazard[] = [
  {
    area: 'Okta SDK',
    hazard: 'the nonce that a service app with DPoP is asked for is dropped',
    test: [
      'unit/connectors/okta/service-app.test.ts',
      'with DPoP proves with every request that it holds the key',
    ],
    takenOut: [
      change(
        'connectors/okta/client.ts',
        "response.status === 400 && response.text.includes('use_dpop_nonce')",
        'response.status === 200',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a 429 about concurrent requests states a reset that is far away',
    test: [
      'unit/connectors/rate-limit/governor.test.ts',
      'pauses briefly after a 429 about concurrent requests, and sends fewer at once',
    ],
    takenOut: [
      change(
        'connectors/rate-limit/bucket.ts',
        '  if (sample.concurrent) slowDown(state, sample, receivedAt);\n  else if (sample.throttled)',
        '  if (sample.throttled)',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'an empty page with a next link ends the list',
    test: [OKTA_TEST, 'continues after an empty page without losing a user'],
    takenOut: [
      change(
        'connectors/okta/rows/shared.ts',
        '  ...parseRows(parse, json, input),\n  next: nextCursor(',
        "  ...parseRows(parse, json, input),\n  next: `${json}` === '' ? null : nextCursor(",
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a retry on the same collection loses the page',
    test: [OKTA_TEST, 'requests the same page again after a broken response'],
    takenOut: [
      change(
        'connectors/okta/rows/shared.ts',
        'const rows = z.array(z.unknown()).parse(json);',
        'const rows = Array.isArray(json) ? json : [];',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'the default cache never expires',
    test: [OKTA_TEST, 'are never taken from a cache'],
    // It also fails over answers that cannot be cloned, as ours cannot.
    takenOut: [
      change(
        'connectors/okta/client.ts',
        '    if (response.status >= 200 && response.status < 300) throw ANSWERED;\n',
        '',
      ),
      change('connectors/okta/client.ts', '    cacheMiddleware: null,\n', ''),
      change(
        'connectors/okta/client.ts',
        '  headers: new Headers([...response.headers]),\n',
        '  headers: new Headers([...response.headers]),\n  ...{ clone: () => forSdk(url, response) },\n',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'no time-out',
    test: [OKTA_TEST, 'does not wait without limit'],
    takenOut: [
      change(
        'connectors/transport/http.ts',
        "setTimeout(() => this.#end(new NetworkFailure('timed_out')), given.limits.ms)",
        'setTimeout(() => undefined, given.limits.ms)',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'sleeps inside the call on 429, and retries by itself',
    test: [OKTA_TEST, 'with %s is reported once, at once, with the time to wait'],
    takenOut: [OWN_EXECUTOR],
  },
  {
    area: 'Okta SDK',
    hazard: 'an hour to wait if the header says so',
    test: [OKTA_TEST, 'with %s is reported once, at once, with the time to wait'],
    takenOut: [
      change(
        'connectors/rate-limit/headers.ts',
        'Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms))',
        'ms',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a past or garbled reset gives a burst',
    test: [
      'unit/connectors/rate-limit/headers.test.ts',
      'give a reasonable wait after a 429 with %s',
    ],
    takenOut: [
      change('connectors/rate-limit/headers.ts', 'ms <= 0 ? null : clamp(ms)', 'clamp(ms)'),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a 429 must become a failure with its own delay',
    test: [
      'unit/activities/support/failures.test.ts',
      'asks for a retry after the delay of a 429, plus jitter',
    ],
    takenOut: [
      change('activities/support/failures.ts', 'retryAfterMs ?? backoffMs', 'null ?? backoffMs'),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'the token goes to a foreign host named in a next link',
    test: [OKTA_TEST, 'does not follow a next link to another host, or send the token there'],
    takenOut: [
      change(
        'connectors/okta/next-link.ts',
        'url.origin === listing.origin && url.pathname',
        'url.pathname',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a request to another origin',
    test: [HTTP_TEST, 'sends nothing to another origin'],
    takenOut: [change('connectors/transport/http.ts', 'url?.origin !== origin', '!url')],
  },
  {
    area: 'Okta SDK',
    hazard: 'the token goes along with a redirect',
    test: [HTTP_TEST, 'does not follow a redirect (%i), not even within the origin'],
    takenOut: [
      change('connectors/transport/http.ts', 'if (REDIRECTS.has(status))', 'if (REDIRECTS.has(0))'),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'answers without a limit in size',
    test: [HTTP_TEST, 'stops reading at the limit, with or without a content length'],
    takenOut: [
      change(
        'connectors/transport/http-body.ts',
        'if (this.#size > this.#maxBytes)',
        'if (this.#size < 0)',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a call that cannot be cancelled',
    test: [HTTP_TEST, "ends when the caller's signal is aborted"],
    takenOut: [
      change(
        'connectors/transport/http.ts',
        "given.signal?.addEventListener('abort', this.#cancel, { once: true });",
        '',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'ids with dots name another path',
    test: [
      'unit/connectors/okta/hostile-ids.test.ts',
      'in $name of $operation do not reach a path',
    ],
    takenOut: [
      change(
        'connectors/okta/inputs.ts',
        ".regex(/^[A-Za-z0-9]{20}$/, 'must be an Okta id (20 letters and digits)')",
        '',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'the final request is another one than was approved',
    test: ['unit/connectors/okta/hostile-ids.test.ts', 'stops %s'],
    takenOut: [
      change(
        'connectors/transport/exchange.ts',
        'if (!isApproved(request, scope.approved))',
        'if (!isApproved)',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'OKTA_CLIENT_* are merged in',
    test: ['unit/config/bad-env.test.ts', 'an invalid environment'],
    takenOut: [
      change(
        'config/env/okta-env.ts',
        'source.inEnvironment(candidate)',
        'source.inEnvironment(`${candidate}_`)',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'okta.yaml files are merged in',
    test: ['unit/config/bad-env.test.ts', 'refuses %s, which the Okta SDK would merge in'],
    takenOut: [
      change(
        'config/env/okta-env.ts',
        "path: join(userHome, '.okta', 'okta.yaml')",
        "path: join(userHome, 'none')",
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: '200 with HTML or {} passes as success',
    test: [OKTA_TEST, 'that are %s are malformed'],
    takenOut: [
      change(
        'connectors/okta/projections/users.ts',
        '=> user.parse(json)',
        '=> Object(json) as never',
      ),
      change(
        'connectors/okta/rows/shared.ts',
        'if (item.id !== id) throw',
        'if (item.id === null) throw',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a TOTP seed and phone numbers come with factors',
    test: [OKTA_TEST, 'contain only type, provider and status of a factor'],
    takenOut: [
      change(
        'connectors/okta/projections/enrolments.ts',
        'provider: text, status: text })',
        'provider: text, status: text }).loose()',
      ),
      change(
        'connectors/okta/projections/enrolments.ts',
        '.transform(({ id, factorType: type, provider, status })',
        '.transform(({ id, factorType: type, provider, status, ...rest })',
      ),
      change(
        'connectors/okta/projections/enrolments.ts',
        '=> ({\n    id,\n    type,\n    provider,\n    status,\n  }));',
        '=> ({ ...rest, id, type, provider, status }));',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'the factors endpoint hides factors by enrolment policy and network zone',
    test: ['unit/cli/report-html.test.ts', 'names what it cannot know, and the approve-only push'],
    takenOut: [
      change(
        'cli/report/section-method.ts',
        "the enrolment policy allows from the caller's own network zone",
        'there is',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a service app without an admin role gets an empty list',
    test: ['unit/mfa/figures.test.ts', 'incompleteReasons'],
    takenOut: [
      change(
        'mfa/completeness.ts',
        'if (counts.enumerated === 0) {',
        'if (counts.enumerated < 0) {',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'requests in flight are not counted against what remains',
    test: [
      'unit/connectors/rate-limit/simulation.test.ts',
      'gets no 429, whatever the limit, the number of callers, the clocks and the rounding',
    ],
    takenOut: [
      change(
        'connectors/rate-limit/bucket.ts',
        'window.remaining - inFlight(state) - (window.limit - usable)',
        'window.remaining - (window.limit - usable)',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'HTTPS_PROXY also catches loopback http',
    test: [OKTA_TEST, 'reads no address, credential or proxy from its own variables'],
    takenOut: [OWN_EXECUTOR],
  },
  {
    area: 'Okta SDK',
    hazard: 'importing it costs 600 ms and 90 MB',
    test: ['unit/connectors/lazy.test.ts', "Okta's SDK is loaded with the first call, not before"],
    takenOut: [
      change(
        'connectors/create.ts',
        "import { createTransport } from './transport/http.ts';",
        "import '@okta/okta-sdk-nodejs';\nimport { createTransport } from './transport/http.ts';",
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a trailing slash in the address is doubled',
    test: [OKTA_TEST, 'does not double a slash at the end of the address'],
    takenOut: [
      change(
        'connectors/create.ts',
        '{\n            ...okta,\n            origin: oktaOrigin,\n            connection:',
        '{ ...okta, connection:',
      ),
    ],
  },
];

const JIRA: Hazard[] = [
  {
    area: 'Jira',
    hazard: 'a due date that is not on the screen prevents every ticket',
    test: [
      REFUSED_TICKETS,
      'for a field that is not on the screen are created without it, with one note',
    ],
    only: 'per_user%sfor a field',
    takenOut: [
      change(
        'activities/mfa/tickets/ticket-flow.ts',
        'if (refused.length === 0) throw error;',
        'if (refused.length >= 0) throw error;',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'a required field that arx does not fill in is a refused call for every ticket',
    test: [
      CREATE_SCREEN,
      'that needs a field which arx does not fill in is named with the remedy, and nothing is written',
    ],
    only: 'per_user%sthat needs',
    takenOut: [
      change(
        'activities/mfa/tickets/ticket-flow.ts',
        'if (form.blocked !== null) return refuseCreation(editor, form.blocked);',
        '',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'without labels on the create screen, tickets are created that are never found again',
    test: [CREATE_SCREEN, 'without labels is an error before anything is written'],
    only: 'per_user%swithout labels',
    takenOut: [
      change('mfa/ticket-form.ts', "['summary', 'labels'] as const", "['summary'] as const"),
    ],
  },
  {
    area: 'Jira',
    hazard: 'metadata comes in pages: a required field on a later one is missed',
    test: [CREATE_SCREEN, 'takes values of every type, whatever the size of its pages'],
    only: 'per_user%stakes values',
    takenOut: [
      change(
        'connectors/jira/fields.ts',
        'return isEnd || count === 0 ? null : String(end);',
        'return isEnd || end > 0 ? null : String(end);',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'data of the user in a field ends up in the audit trail',
    test: [CREATE_SCREEN, 'inserts the data of the user, which stays out of the audit trail'],
    only: 'per_user%sinserts',
    takenOut: [
      change(
        'connectors/jira/operations.ts',
        '      ...(fields && { fields: Object.keys(fields) }),\n    }),\n    evidence: ({ id, key })',
        '      ...(fields && { fields: JSON.stringify(fields) }),\n    }),\n    evidence: ({ id, key })',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'a closing screen requires a field that arx could fill in',
    test: [
      'unit/activities/mfa/tickets/workflows.test.ts',
      'whose screen has configured fields gets them when a ticket is closed',
    ],
    only: 'per_user%swhose screen has',
    takenOut: [
      change(
        'activities/mfa/tickets/closing.ts',
        'values: valuesFor(close.fields, user),',
        'values: {},',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'a transition that means refusal is taken for done',
    test: ['unit/activities/mfa/tickets/workflows.test.ts', 'never takes a refusal for done'],
    only: 'per_user%snever takes',
    takenOut: [
      change(
        'mfa/transitions.ts',
        '({ name, toStatus }) => !meansRefusal(name) && !meansRefusal(toStatus),',
        '() => true,',
      ),
      change(
        'mfa/transitions.ts',
        'SUCCESS.test(name) || SUCCESS.test(toStatus)',
        'name !== toStatus + preferred',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'a transition requires a resolution or a comment',
    test: [
      'unit/activities/mfa/tickets/workflows.test.ts',
      'with a resolution and a comment on its screen is followed',
    ],
    only: 'per_user%swith a resolution',
    takenOut: [change('connectors/jira/reads.ts', "        expand: 'transitions.fields',\n", '')],
  },
  {
    area: 'Jira',
    hazard: 'one transition is not enough to close an issue',
    test: [
      'unit/activities/mfa/tickets/workflows.test.ts',
      'that needs several steps is followed step by step',
    ],
    only: 'per_user%sthat needs several',
    takenOut: [
      change(
        'activities/mfa/tickets/change-status.ts',
        'const MOST_STEPS = 6;',
        'const MOST_STEPS = 1;',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'reopening is offered and refused',
    test: [
      'unit/activities/mfa/tickets/workflows.test.ts',
      'that offers to reopen and refuses it gets a new ticket, linked to the old one',
    ],
    only: 'per_user%sthat offers to reopen',
    takenOut: [
      change(
        'activities/mfa/tickets/change-status.ts',
        "if (goal.isRefusable) return 'refused';",
        '',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'the tickets of users who left stay open for ever',
    test: ['unit/activities/mfa/tickets/departure.test.ts', 'who was deleted is closed'],
    takenOut: [
      change(
        'activities/mfa/tickets/closing.ts',
        'if (user === null) return closeDeparted(deps, editor);',
        "if (user === null) return { action: 'kept', code: null };",
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'a search gives a page token again, and is followed for ever',
    test: ['unit/connectors/pages.test.ts', 'refuses %s'],
    takenOut: [
      change(
        'connectors/pages.ts',
        'seen.has(page.next) || seen.size >= MOST_PAGES',
        'seen.size < 0',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'an issue on two pages of a search becomes a duplicate of itself',
    test: [
      'unit/activities/mfa/endless-lists.test.ts',
      'and rows on two pages do not make a ticket its own duplicate',
    ],
    takenOut: [
      change(
        'activities/mfa/tickets/closing.ts',
        'return new Map([...byLabel].map(([label, keys]) => [label, [...keys]]));',
        'return new Map([...byLabel].map(([label, keys]) => [label, [...keys, `${[...keys][0]}`]]));',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'one ticket that cannot be written keeps the tickets of all others open',
    test: [REFUSED_TICKETS, 'do not keep the tickets of others from being closed'],
    only: 'per_user%sdo not keep',
    takenOut: [
      change(
        'activities/mfa/finish.ts',
        "const status = reasons.length === 0 ? 'complete' : 'incomplete';",
        "const status = (await store.tickets.listNotes(run)).every(({ action }) => action !== 'failed') ? 'complete' : 'incomplete';",
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'what Jira says about a refusal is lost',
    test: [REFUSED_TICKETS, 'are listed with the words of Jira, and the run is complete'],
    only: 'per_user%sare listed',
    takenOut: [change('connectors/jira/refusals.ts', '    vendorMessage: wordsOf(body),\n', '')],
  },
  {
    area: 'Jira',
    hazard: 'creating has no idempotency key: a label tells whose ticket it is',
    test: [
      'unit/mfa/figures.test.ts',
      'is the same for one org, subject and control, and different for others',
    ],
    takenOut: [
      change(
        'mfa/identity.ts',
        'export function ticketLabel(org: string',
        'export function ticketLabel(_: string, org = `${Math.random()}`',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'a create call without a row before it is forgotten by a crash',
    test: [KILLED, 'leaves one ticket per finding and one message: $name'],
    only: 'between Jira and outcome',
    takenOut: [
      change(
        'activities/mfa/tickets/ticket-editor.ts',
        "{ state: 'intended', attempt, intendedAt, details }",
        '{ attempt }',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'a second try by itself opens a second ticket',
    test: [JIRA_TEST, 'is attempted once, and a lost response is ambiguous'],
    takenOut: [
      change(
        'connectors/jira/client.ts',
        'return use({ api, client: { sendRequest }, edition });',
        'const twice = (options: SendOptions) => sendRequest(options).catch(() => sendRequest(options));\n      return use({ api, client: { sendRequest: twice }, edition });',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'search lags: an ambiguous create is settled before another',
    test: [
      INCIDENTS,
      'opens no second ticket if Jira accepted one without a response, although its search lags',
    ],
    takenOut: [
      change('activities/mfa/tickets/ticket-flow.ts', 'if (unsettled) throw unsettled;', ''),
    ],
  },
  {
    area: 'Jira',
    hazard: 'duplicates may stand all the same',
    test: [INCIDENTS, 'merges duplicates in Jira into the oldest ticket'],
    takenOut: [
      change(
        'activities/mfa/tickets/closing.ts',
        'for (const key of others) await closeDuplicate(editor, key, `${oldest}`);',
        '',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'an expired token answers as an anonymous user',
    test: [JIRA_TEST, 'a response for an anonymous user'],
    takenOut: [
      change(
        'connectors/jira/refusals.ts',
        "headers.get('x-seraph-loginreason')",
        "headers.get('x-none')",
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: '/myself answers anonymously',
    test: [JIRA_TEST, 'comes from /myself as an anonymous user'],
    takenOut: [
      change(
        'connectors/jira/refusals.ts',
        "headers.get('x-seraph-loginreason')",
        "headers.get('x-none')",
      ),
      change(
        'connectors/jira/projections.ts',
        'throw new AnonymousAnswer()',
        'throw new TypeError()',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: '200 with HTML comes back as a string',
    test: [JIRA_TEST, 'does not accept a login page with 200 as success'],
    takenOut: [
      change(
        'connectors/pipeline/call-vendor.ts',
        "return { code: 'malformed', vendorCode: null };",
        "return { code: 'conflict', vendorCode: null };",
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'path parameters are not encoded',
    test: [JIRA_TEST, '%s with 200 is malformed'],
    takenOut: [
      change(
        'connectors/jira/inputs.ts',
        ".regex(/^[A-Z][A-Z0-9_]{0,254}-[1-9]\\d{0,17}$/, 'must be an issue key, such as SEC-42')",
        '',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'Data Center does not have the paths of Cloud',
    test: [DATA_CENTER, 'is recognised once, and called by its own paths only'],
    takenOut: [
      change(
        'connectors/jira/editions.ts',
        ".replace(/^\\/rest\\/api\\/3\\//, '/rest/api/2/')",
        '',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'the edition is guessed although Jira does not answer',
    test: [DATA_CENTER, 'that cannot be learned because of %s fails the call before it is sent'],
    takenOut: [
      change(
        'connectors/jira/server-info.ts',
        'if (refusal || !info.success) return { refusal: NOT_JIRA, response };',
        "if (refusal || !info.success) return { edition: 'cloud' };",
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'text becomes markup in Data Center',
    test: ['unit/connectors/jira/wiki.test.ts', 'reads %s in a text as text'],
    takenOut: [
      change(
        'connectors/jira/wiki.ts',
        'return ESCAPABLE.test(found) ? `\\\\${found}` : `&#${found.charCodeAt(0)};`;',
        'return found;',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'Data Center pages by offset, without a token',
    test: [DATA_CENTER, 'is searched by offset until the total is reached'],
    takenOut: [
      change(
        'connectors/jira/projections.ts',
        'page.nextPageToken || nextOffset(page)',
        'page.nextPageToken || null',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'Data Center asks the account for a CAPTCHA',
    test: [DATA_CENTER, 'that asks for a CAPTCHA names what to do'],
    takenOut: [
      change('connectors/jira/refusals.ts', "'x-authentication-denied-reason'", "'x-none'"),
    ],
  },
  {
    area: 'Jira',
    hazard: 'Data Center limits the rate of requests by a token bucket',
    test: [DATA_CENTER, 'that has no tokens left is not called before it has new ones'],
    takenOut: [
      change(
        'connectors/rate-limit/headers.ts',
        'emptyForMs: status === 429 ? null : untilRefill(headers),',
        'emptyForMs: null,',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'links lead to the gateway, which has no pages',
    test: [SUMMARY, 'links to the site if Jira is reached by the gateway'],
    takenOut: [
      change('activities/mfa/run-summary.ts', 'await askSite(connectors, record)', 'null'),
    ],
  },
  {
    area: 'Jira',
    hazard: 'the address of a page is taken for that of Jira',
    test: ['unit/config/bad-env.test.ts', '%s'],
    only: 'the address of a project of Data Center',
    takenOut: [
      change('config/env/jira-address.ts', 'if (PAGE.test(path))', 'if (PAGE.test(origin))'),
    ],
  },
  {
    area: 'Jira',
    hazard: 'a 404 in JSON that is not about an issue',
    test: [FIELD_REPORTS, 'at a wrong address (%s) has no missing issue (jira.nvim#40)'],
    takenOut: [
      change(
        'connectors/jira/refusals.ts',
        'codeOf(response.status, isOwnForm)',
        'codeOf(response.status, body !== undefined || isOwnForm)',
      ),
    ],
  },
  {
    area: 'Jira',
    hazard: 'a line break inside a text node of a document',
    test: [
      FIELD_REPORTS,
      'takes texts that are empty or have several lines (prowler#11474, ocean#3942)',
    ],
    takenOut: [
      change('connectors/jira/adf.ts', '.split(/\\r\\n|[\\n\\r\\u2028\\u2029]/)', ".split('\\0')"),
    ],
  },
  {
    area: 'Jira',
    hazard: 'strings are not turned into documents',
    test: [
      JIRA_TEST,
      'sends fields, labels, due date, priority and the link to an earlier issue in a single request',
    ],
    takenOut: [
      change(
        'connectors/jira/operations.ts',
        '{ description: edition.richText(description) }),\n  labels',
        '{ description: description as never }),\n  labels',
      ),
    ],
  },
];

const SLACK: Hazard[] = [
  {
    area: 'Slack',
    hazard: 'a reply whose answer is lost is posted twice',
    test: [SUMMARY, 'is posted once if the answer of Slack is lost'],
    takenOut: [
      change(
        'activities/mfa/summary-message.ts',
        '...(threadTs === null ? { oldest } : { threadTs }),',
        'oldest,',
      ),
    ],
  },
  {
    area: 'Slack',
    hazard: 'a text that is cut inside an emoji is refused, and ends the run',
    test: [SUMMARY, 'of a department whose name is cut at an emoji is posted'],
    takenOut: [
      change('mfa/slack-message.ts', '${cutText(name, 60)}', '${name.slice(0, 60)}'),
      change(
        'mfa/slack-message.ts',
        'text: cutText(text, limit), emoji',
        'text: text.slice(0, limit), emoji',
      ),
    ],
  },
  {
    area: 'Slack',
    hazard: 'a message that arx itself refuses to send ends the run',
    test: [SUMMARY, 'that arx itself refuses to send does not end the run'],
    takenOut: [
      change(
        'activities/support/failures.ts',
        '  if (error instanceof InvalidArgumentError) return error.code;\n  if (error instanceof AuditDraftError)',
        '  if (error instanceof AuditDraftError)',
      ),
    ],
  },
  {
    area: 'Slack',
    hazard: 'ten retries post twice on accept-then-fail',
    test: [SLACK_TEST, 'is attempted once, and ambiguous if %s'],
    takenOut: [
      change(
        'connectors/slack/client.ts',
        'retryConfig: { retries: 0 }',
        'retryConfig: { retries: 2, minTimeout: 1, maxTimeout: 2 }',
      ),
    ],
  },
  {
    area: 'Slack',
    hazard: 'the SDK waits by itself on 429',
    test: [SLACK_TEST, 'reports a 429 %s at once, with the time to wait'],
    takenOut: [
      change(
        'connectors/slack/client.ts',
        'rejectRateLimitedCalls: true',
        'rejectRateLimitedCalls: false',
      ),
      change(
        'connectors/slack/client.ts',
        'retryConfig: { retries: 0 }',
        'retryConfig: { retries: 2, minTimeout: 1, maxTimeout: 2 }',
      ),
    ],
  },
  {
    area: 'Slack',
    hazard: 'an address is taken for a method, with the token',
    test: [SLACK_TEST, 'does not accept an address as a method'],
    takenOut: [change('connectors/slack/client.ts', '        allowAbsoluteUrls: false,\n', '')],
  },
  {
    area: 'Slack',
    hazard: 'no idempotency key: look into the channel before a second attempt',
    test: [INCIDENTS, 'sends no second message if Slack accepted one without a response'],
    takenOut: [
      change(
        'activities/mfa/summary-message.ts',
        "row?.state === 'intended' ? await this.#settle(row) : null",
        "row?.state === 'intended' ? null : await this.#find()",
      ),
    ],
  },
  {
    area: 'Slack',
    hazard: 'history leaves metadata out unless asked',
    test: [SLACK_TEST, 'requests all metadata, and keeps it if it is complete'],
    takenOut: [
      change(
        'connectors/slack/operations.ts',
        'include_all_metadata: true',
        'include_all_metadata: false',
      ),
    ],
  },
  {
    area: 'Slack',
    hazard: 'mentions and links in names',
    test: [
      'unit/connectors/slack/escape.test.ts',
      'prevents mentions, links and channel notifications',
    ],
    takenOut: [change('connectors/slack/escape.ts', '/[&<>]/g', '/[&>]/g')],
  },
  {
    area: 'Slack',
    hazard: 'names are markup',
    test: ['unit/mfa/slack-message.test.ts', 'shows a department named %s as plain text only'],
    takenOut: [
      change(
        'mfa/slack-message.ts',
        'text: plain(`Departments with the lowest coverage',
        'text: section(`Departments with the lowest coverage',
      ),
    ],
  },
  {
    area: 'Slack',
    hazard: 'links unfurl',
    test: [SLACK_TEST, 'sends text, blocks and metadata, and unfurls nothing'],
    takenOut: [
      change('connectors/slack/operations.ts', 'unfurl_links: false', 'unfurl_links: true'),
    ],
  },
];

const TEMPORAL: Hazard[] = [
  {
    area: 'Temporal',
    hazard: 'the SDK waits minutes for a download that does not begin',
    test: [
      CLI_TEST,
      "a network that swallows everything costs the SDK's download seconds, not minutes",
    ],
    takenOut: [
      change(
        'local/temporal-install.ts',
        'FIRST_BYTE_LIMIT_MS = 6_000',
        'FIRST_BYTE_LIMIT_MS = 60_000',
      ),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'the development server does not update the tables of an older version',
    test: [
      CLI_TEST,
      'the database of another server version is set aside, that of the same version is kept',
    ],
    takenOut: [
      change(
        'local/temporal.ts',
        '  if (dbFile !== null) await setAsideOtherVersion({ path, dbFile, env, log });\n',
        '',
      ),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'an old server in the cache goes on being used',
    test: [
      CLI_TEST,
      'an executable of another version in the cache is not used, and the remains of a killed installation are removed',
    ],
    takenOut: [change('local/temporal-install.ts', '`temporal-${GO_VERSION}-go`', "'temporal'")],
  },
  {
    area: 'Temporal',
    hazard: 'a long history replays slowly, and ends at 51,200 events',
    test: [
      SCALE,
      'checks each user once in a small window, and continues as new before a history grows long',
    ],
    takenOut: [
      change('mfa/scan-plan.ts', 'const HISTORY_LIMIT = 1_500;', 'const HISTORY_LIMIT = 100_000;'),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'more than 2,000 pending activities stall the workflow',
    test: [
      SCALE,
      'checks each user once in a small window, and continues as new before a history grows long',
    ],
    takenOut: [
      change(
        'workflows/mfa-enforcement-check.ts',
        'inParallel(plan.window, next',
        'inParallel(50, next',
      ),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'one activity a user costs too many events at scale',
    test: [SCALE, 'keeps payloads small at 100,000 users, and uses few history events per batch'],
    takenOut: [change('mfa/scan-plan.ts', 'const AUTO_BATCH = 200;', 'const AUTO_BATCH = 20;')],
  },
  {
    area: 'Temporal',
    hazard: 'large payloads fail, or end the workflow',
    test: [SCALE, 'keeps payloads small at 100,000 users, and uses few history events per batch'],
    takenOut: [
      change(
        'workflows/mfa-enforcement-check.ts',
        'patient.checkUsers({ run: plan.run, ...slice })',
        'patient.checkUsers({ run: plan.run, ...slice, ...{ state: Array(5_000).fill(state.checked) } })',
      ),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'a long activity without heartbeats is taken for dead',
    test: [LONG, 'may take longer than the heartbeat timeout'],
    takenOut: [
      change(
        'activities/support/running.ts',
        'context.heartbeat(progressOf.get(context))',
        'progressOf.get(context)',
      ),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'shutdownGraceTime is 0 by default',
    test: [LONG, 'finish on a worker that is asked to stop, without a wait for the next worker'],
    takenOut: [change('worker.ts', '    shutdownGraceTime: GRACE,\n', '')],
  },
  {
    area: 'Temporal',
    hazard:
      'after kill -9 an activity without a heartbeat time-out is missed until its start-to-close time-out',
    test: [LONG, 'continue after kill -9 once the heartbeat is missed'],
    takenOut: [
      change(
        'workflows/support/scanning.ts',
        "startToCloseTimeout: '2 minutes',\n  heartbeatTimeout: SILENCE,",
        "startToCloseTimeout: '2 minutes',",
      ),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'after kill -9 workflows wait for the sticky queue',
    test: [LONG, 'continue after kill -9 once the heartbeat is missed'],
    takenOut: [
      change(
        'worker.ts',
        "stickyQueueScheduleToStartTimeout: '1 second'",
        "stickyQueueScheduleToStartTimeout: '20 seconds'",
      ),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'a child is terminated with its parent',
    test: [SCALE, 'starts no child workflow, which would end with its parent'],
    takenOut: [
      change(
        'workflows/mfa-enforcement-check.ts',
        "  progress.phase = 'done';",
        "  await wf.startChild('mfaEnforcementCheck', { args: [{}], parentClosePolicy: 'ABANDON' });\n  progress.phase = 'done';",
      ),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'zod in the workflow bundle doubles it',
    test: ['replay/replay.test.ts', 'holds no schema library and no vendor SDK in the sandbox'],
    takenOut: [
      change(
        'workflows/support/pool.ts',
        'export async function inParallel',
        "import { z } from 'zod';\nexport const schema = z.string();\nexport async function inParallel",
      ),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'creating an existing schedule throws',
    test: [SCHEDULE, 'is registered twice without an error, and once with its changes'],
    takenOut: [
      change(
        'client/schedule.ts',
        'if (!(thrown instanceof ScheduleAlreadyRunning)) throw thrown;',
        'throw thrown;',
      ),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'the catch-up window is a year by default',
    test: [SCHEDULE, 'skips overlapping runs, catches up for six hours, and starts without jitter'],
    takenOut: [change('client/schedule.ts', '      catchupWindow: plan.catchupWindowMs,\n', '')],
  },
  {
    area: 'Temporal',
    hazard: 'jitter moves 08:00:00',
    test: [SCHEDULE, 'skips overlapping runs, catches up for six hours, and starts without jitter'],
    takenOut: [
      change(
        'client/schedule.ts',
        'plan.jitterMs > 0 ? { jitter: plan.jitterMs } : {}',
        '{ jitter: 60_000 }',
      ),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'the failure log prints the raw error',
    test: ['unit/worker/logging.test.ts', 'are reduced to listed fields and the type of the error'],
    takenOut: [
      change(
        'worker/logging.ts',
        '{ ...fields, ...errorFields(',
        '{ ...meta, ...fields, ...errorFields(',
      ),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'a cache without a cap exhausts the isolate',
    test: ['hazards.test.ts', 'the worker caps its cache of workflows'],
    takenOut: [change('worker.ts', '    maxCachedWorkflows: 100,\n', '')],
  },
];

const STORE: Hazard[] = [
  {
    area: 'Store',
    hazard: 'advisory locks do not exclude clients of PGlite, and outlive a failure',
    test: [
      'unit/store/migrate.test.ts',
      'are applied once if several stores and processes start at the same time',
    ],
    takenOut: [change('store/migrate.ts', 'where id = 1 for update', 'where id = 1')],
  },
  {
    area: 'Store',
    hazard: 'read-modify-write without a row lock',
    test: [
      'unit/store/journal/journal.test.ts',
      'builds one chain without gaps from two stores with 200 concurrent appends',
    ],
    takenOut: [change('store/journal/journal-write.ts', 'rows.forUpdate()', 'rows')],
  },
  {
    area: 'Temporal',
    hazard: 'an attempt that timed out goes on working beside the next one',
    test: [OVERTAKEN, 'end in the same state as on an idle machine: seed %i'],
    takenOut: [
      change('activities/support/running.ts', '      await store.attempts.takeOver();\n', ''),
    ],
  },
  {
    area: 'Store',
    hazard: 'a takeover that a statement under way does not see',
    test: [
      ATTEMPTS,
      'refuses an overtaken attempt also in the single-statement append, and from another process',
    ],
    takenOut: [
      change(
        'store/journal/journal-quick.ts',
        ' and takeovers = ${end.takeovers} and ${listed} and ${areCurrent(attempts)}',
        ' and ${listed}',
      ),
    ],
  },
  {
    area: 'Store',
    hazard: 'what was sent before an attempt was overtaken is nowhere on record',
    test: [ATTEMPTS, 'records the outcome of an overtaken attempt, without its effect'],
    takenOut: [
      change(
        'store/journal/journal-write.ts',
        'overtaken.find(({ isOutcome }) => !isOutcome)',
        'overtaken[0]',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'a process that stands still between a check and the call that it allows',
    test: [
      'unit/connectors/pipeline/execute.test.ts',
      'is confirmed again if the process was paused after the first confirmation',
    ],
    takenOut: [
      change(
        'connectors/transport/exchange.ts',
        '} while (performance.now() - askedAt > FRESH_MS);',
        '} while (false);',
      ),
    ],
  },
];

const EMBEDDED: Hazard[] = [
  {
    area: 'Embedded stack',
    hazard: 'a command that is killed leaves its stack running',
    test: [
      'unit/local/stack-after-crash.test.ts',
      'after SIGKILL of all its commands a stack ends in order, and its record is removed',
    ],
    takenOut: [change('local/stack-unused.ts', "  await endAll(home, now, 'guard');\n", '')],
  },
  {
    area: 'Embedded stack',
    hazard: 'a stack is ended while a command starts or joins it',
    test: [
      'unit/local/stack-after-crash.test.ts',
      'nothing is ended while a command starts, joins or ends the stack',
    ],
    takenOut: [
      change('local/stack-unused.ts', "  if (isLocked(lock)) return 'needed';\n", ''),
      change(
        'local/stack-unused.ts',
        'existsSync(home) ? await withLock(lock, decide) : await decide()',
        'await decide()',
      ),
    ],
  },
  {
    area: 'Embedded stack',
    hazard: 'the folder of a running stack is moved or removed',
    test: [
      'unit/local/stack-after-crash.test.ts',
      'where %s, its guard ends what it remembers, and itself',
    ],
    only: 'where the record of a running stack was removed, its guard ends what it remembers, and itself',
    takenOut: [
      change('local/stack-unused.ts', '  await endParts(Object.fromEntries(left));\n', ''),
    ],
  },
  {
    area: 'Embedded stack',
    hazard: 'a process that is killed leaves its children running',
    test: ['unit/local/killed-runner.test.ts', 'after SIGKILL of %s no process keeps running'],
    only: 'after SIGKILL of the process of a test file no process keeps running',
    takenOut: [
      change('local/child-guard.ts', '[...guarded.values()].map(', '([] as Guarded[]).map('),
    ],
  },
  {
    area: 'Embedded stack',
    hazard: 'a server that is slow to answer is taken for one that has ended',
    test: [
      'unit/local/stack-slow.test.ts',
      'commands started while %j is stopped wait for it, and then share the stack',
    ],
    only: 'commands started while ["temporal"] is stopped wait for it, and then share the stack',
    takenOut: [
      change(
        'local/stack-join.ts',
        'const dead = deadPart(state);',
        "const dead = (await checksOf(state)[0]?.answers()) ? null : 'a part';",
      ),
      change('local/stack-join.ts', '(dead !== null && users.length === 0)', 'dead !== null'),
    ],
  },
  {
    area: 'Embedded stack',
    hazard: 'the breaker of a lock is merely slow',
    test: [
      'unit/local/lock.test.ts',
      'a process that is stopped while it breaks a stale lock is left alone, and a killed one is not waited for',
    ],
    takenOut: [
      change(
        'local/lock.ts',
        "if (found !== null && 'stale' in found) breakStale(breaker, found.stale);",
        'if (found !== null) rmSync(breaker);',
      ),
    ],
  },
];

const REFUSAL_TEST = 'unit/activities/governance/target-refusal.test.ts';

const GOVERNANCE: readonly Hazard[] = [
  {
    area: 'Governance',
    hazard: 'a call goes out although its entry is not in the required sink',
    test: [SINK, 'holds back a call and its effect while it is down, if it is required'],
    only: 'PGlite%sholds back',
    takenOut: [
      change(
        'store/sink/sink-journal.ts',
        'const receipts = await journal.append(drafts, undefined, options);\n    await ready();',
        'const receipts = await journal.append(drafts, undefined, options);',
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'a call goes out while entries of others are missing in the required sink',
    test: [
      'unit/activities/governance/required-sink.test.ts',
      'makes no call while the sink is down, uses up no grant, and goes on afterwards',
    ],
    takenOut: [
      change('connectors/pipeline/execute.ts', '  await waitForSink(pipeline, facts);\n', ''),
    ],
  },
  {
    area: 'Governance',
    hazard: 'a sink that a killed process left behind the store is filled twice',
    test: [SINK, 'goes on where it is, if the store does not know of the last copy'],
    only: 'PGlite%sin a file%sgoes on where it is',
    takenOut: [
      change(
        'store/sink/file-sink.ts',
        'if (end.entries > first) return await linesFrom(path, first);\n',
        '',
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'the owner of the database cuts off the trail and arx continues it in the sink',
    test: [SINK, 'is not continued if it has other entries than the store'],
    only: 'PGlite%sin an S3 store%sis not continued if it has other entries',
    takenOut: [
      change(
        'store/sink/shipper.ts',
        "if (!isSameEntry(text, found[index - first] ?? ''))",
        'if (found.length === 0)',
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'a cut tail is not found, because the store alone looks intact',
    test: [SINK_CLI, 'finds a cut tail, which the store alone does not show'],
    only: 'a file%sfinds a cut tail',
    takenOut: [change('cli/audit/sink.ts', 'if (own === undefined)', 'if (own === null)')],
  },
  {
    area: 'Governance',
    hazard: 'a line that a killed process left incomplete in the sink stays incomplete',
    test: [SINK, 'completes a last line that a killed process left incomplete'],
    takenOut: [
      change(
        'store/sink/file-sink.ts',
        'await file.appendFile(bytes.subarray(end.torn.length));',
        'await file.appendFile(bytes);',
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'an object of the sink is overwritten',
    test: [S3_SINK, 'never overwrites: an object that exists is returned'],
    takenOut: [change('store/sink/s3-sink.ts', "    'if-none-match': '*',\n", '')],
  },
  {
    area: 'Governance',
    hazard: 'the store of the sink ignores If-None-Match',
    test: [S3_SINK, 'refuses a store that overwrites'],
    takenOut: [
      change(
        'store/sink/s3-sink.ts',
        'if (!isChecked && (await put(first, body))) throw overwrites(settings);\n',
        '',
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'a condition on an unknown value lets a call through',
    test: [
      'unit/governance/conditions.test.ts',
      'on a negated operator is no way around an unknown value',
    ],
    takenOut: [
      change(
        'governance/match.ts',
        'firstUnmet(when, input, { unknownHolds: false })',
        'firstUnmet(when, input, { unknownHolds: true })',
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'a cached decision is reused for another target',
    test: ['unit/governance/conditions.test.ts', 'differ by what conditions read'],
    takenOut: [
      change(
        'connectors/pipeline/evaluator.ts',
        'raisedBy, riskMax, values]',
        'raisedBy, riskMax]',
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'an update removes the attributes that it does not name',
    test: [
      'unit/activities/governance/removed-attributes.test.ts',
      'of a user keeps the attributes that are not named, unless replacing is asked for',
    ],
    takenOut: [
      change(
        'connectors/okta/rows/users.ts',
        "mode: z.enum(['merge', 'replace']).default('merge'),",
        "mode: z.enum(['merge', 'replace']).default('replace'),",
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'a replaced profile loses attributes without approval',
    test: [
      'unit/activities/governance/removed-attributes.test.ts',
      'that replaces is HIGH and lists the names of what it would remove, without values',
    ],
    takenOut: [
      change('activities/governance/facts.ts', 'removes: removed.length }', 'removes: 0 }'),
    ],
  },
  {
    area: 'Governance',
    hazard: 'a caller without sign-in changes something under a policy for people',
    test: ['unit/governance/evaluate.test.ts', 'is granted only reads by a glob, as %j'],
    takenOut: [change('governance/evaluate.ts', 'if (reason) withheld.set(entry, reason);', '')],
  },
  {
    area: 'Governance',
    hazard: 'a password of the last super administrator is expired or reset',
    test: [REFUSAL_TEST, 'is refused for the last super administrator: %s'],
    only: 'is refused for the last super administrator: users:expire_password',
    takenOut: [
      change(
        'governance/catalogue.ts',
        'findOperation(connector, operation)?.takesAccess === true',
        "['users:suspend', 'users:deactivate'].includes(operation) && connector === 'okta'",
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'the other super administrator goes between approval and call',
    test: [
      REFUSAL_TEST,
      'is refused right before the call, if the other super administrator has gone since',
    ],
    takenOut: [
      change(
        'activities/governance/what-changed.ts',
        'if (refusal !== null) return refusal;',
        'if (refusal === null) return null;',
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'a caller who states no facts adds an approver',
    test: [
      'unit/activities/governance/authority.test.ts',
      'cannot be made by a caller who states no facts',
    ],
    takenOut: [
      change(
        'connectors/pipeline/execute.ts',
        'return joinFacts(facts, own ?? {});',
        'return own ? facts : {};',
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'the System Log shows a new approver only after the request was approved',
    test: [
      'unit/activities/governance/authority.test.ts',
      'is checked again before the call, when the log may show more',
    ],
    takenOut: [
      change(
        'activities/governance/what-changed.ts',
        'return quorumProblem(deps, record);',
        'return quorumProblem ? null : null;',
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'a second group has the name of a group of approvers',
    test: [
      'unit/activities/governance/authority.test.ts',
      'a second group of the name is an error',
    ],
    takenOut: [
      change('governance/authority.ts', 'if (others.length > 0)', 'if (others.length > 9)'),
    ],
  },
  {
    area: 'Governance',
    hazard: 'a requester approves under another name',
    test: [
      'unit/activities/governance/people.test.ts',
      'the requester never approves, named by %s',
    ],
    takenOut: [
      change(
        'activities/governance/open-request.ts',
        'requesterId: people.requesterId,',
        'requesterId: null,',
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'Slack does not answer while approvers are looked up',
    test: [
      'unit/activities/governance/approvers.test.ts',
      'do not include a channel that does not answer, until it does',
    ],
    takenOut: [
      change(
        'activities/governance/approver-sources.ts',
        'AbortSignal.any([this.#signal, AbortSignal.timeout(within)])',
        'this.#signal',
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'approvers of a change in another product see only an id',
    test: [DESCRIBE, 'include those of an account of %s'],
    only: 'include those of an account of Salesforce',
    takenOut: [
      change('activities/governance/describe-request.ts', ': isOther(connector)', ": isOther('')"),
    ],
  },
  {
    area: 'Governance',
    hazard: 'a target that is named by its address',
    test: [DESCRIBE, 'include those of an account of %s'],
    only: 'include those of an account of Google Workspace, also if it is given by its address',
    takenOut: [
      change(
        'activities/governance/recording.ts',
        "target?.id.includes('@')",
        "target?.id === '@'",
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'a role that is held through a group looks like an own one',
    test: [DESCRIBE, 'include the roles that a user has through groups, with the group'],
    takenOut: [
      change(
        'connectors/okta/projections/enrolments.ts',
        "groupIn(links?.assignee.href ?? '')",
        "groupIn(links ? '' : '')",
      ),
    ],
  },
  {
    area: 'Governance',
    hazard: 'a request whose workflow was ended in Temporal is watched as waiting',
    test: [
      'unit/cli/approvals/watch.test.ts',
      'no longer shows a request whose workflow was ended in Temporal',
    ],
    takenOut: [change('cli/approvals/watch.ts', 'await closeEndedBy(ends, store);', '')],
  },
];

const ELSEWHERE: Hazard[] = [
  {
    area: 'Elsewhere',
    hazard: 'an executable that was replaced at the package index',
    test: [
      'unit/local/wheel.test.ts',
      'a wheel with any other hash is refused, and nothing is left behind',
    ],
    takenOut: [
      change('local/wheel.ts', "  '--require-hashes',\n", ''),
      change('local/wheel.ts', 'Object.values(wheel.sha256).map(', '[].map('),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'wide characters in tables',
    test: ['unit/cli/kit/grid.test.ts', 'is cut and wrapped by columns, not by characters'],
    takenOut: [
      change(
        'cli/kit/width.ts',
        'export const widthOf = (text: string): number => stringWidth(text);',
        'export const widthOf = (text: string): number => text.length;',
      ),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'a check that is terminated cannot close itself',
    test: [
      'unit/services/checks.test.ts',
      'is closed as terminated by the first command that looks, with one entry',
    ],
    takenOut: [
      change(
        'services/checks/close-ended-checks.ts',
        "({ status, startedAt }) => status === 'running' && Date.parse(startedAt) < before,",
        "({ startedAt }) => startedAt === '' && before > 0,",
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'names in documents of Jira',
    test: ['unit/connectors/jira/adf.test.ts', 'returns every text unchanged'],
    takenOut: [
      change(
        'connectors/jira/adf.ts',
        "[{ type: 'text', text: line }]",
        "[{ type: 'text', text: line.replaceAll('*', '') }]",
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'names in queries: JQL',
    test: ['e2e/canaries.test.ts', 'Jira receives only the login of a user'],
    takenOut: [
      change(
        'activities/mfa/tickets/ticket-editor.ts',
        'const jql = `labels = "${this.row.label}" ORDER',
        'const jql = `(labels = "${this.row.label}" OR summary ~ "login-canary-7391") ORDER',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'names in queries: Okta',
    test: [OKTA_TEST, 'finds groups by exact name, although Okta ignores case'],
    takenOut: [
      change('connectors/okta/inputs.ts', 'text.replaceAll(/[\\\\"]/g, String.raw`\\$&`)', 'text'),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'names in HTML',
    test: [
      'unit/cli/report-html.test.ts',
      'takes hostile names as text in every place where a name stands',
    ],
    takenOut: [change('cli/kit/html.ts', 'return encode(String(part));', 'return String(part);')],
  },
  {
    area: 'Elsewhere',
    hazard: 'formulas in CSV cells',
    test: ['unit/cli/render.test.ts', 'gives no formula to a spreadsheet: %j'],
    takenOut: [change('audit/export.ts', '/^[=+\\-@\\t\\r]/', '/^[=+\\-\\t\\r]/')],
  },
  {
    area: 'Elsewhere',
    hazard: 'escape codes in a terminal',
    test: ['unit/cli/render.test.ts', 'lists users when asked, with nothing a terminal would obey'],
    takenOut: [
      change('cli/kit/text.ts', "value.replace(SEQUENCES, '').replace(CONTROLS, '')", 'value'),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'an old workflow is started again in Temporal, with the stored input of another person',
    test: [INPUTS, 'makes its call once, however it is started or reset again in Temporal'],
    takenOut: [
      change(
        'governance/stored-input.ts',
        'binding?.workflowId !== workflowId',
        'binding === null',
      ),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'a reset begins a workflow again, with another request id',
    test: [INPUTS, 'a reset of a run with a %s input does not repeat the call'],
    takenOut: [change('activities/governance/take-input.ts', '`run/${run}`', '`run/${requestId}`')],
    only: 'typed',
  },
  {
    area: 'Temporal',
    hazard: 'an operation is terminated, and its approval is decided later',
    test: [IN_TEMPORAL, 'a vote after the operation was terminated grants nothing, and says so'],
    takenOut: [
      change('activities/governance/operation-end.ts', "TERMINATED: 'operation_terminated',", ''),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'anyone can signal an approval to cancel',
    test: [
      IN_TEMPORAL,
      'a signal to cancel changes nothing while the operation waits, and is recorded',
    ],
    takenOut: [
      change(
        'activities/governance/approvals.ts',
        "if (record.state !== 'pending') return applyEvent",
        'if (record.state) return applyEvent',
      ),
    ],
  },
  {
    area: 'Temporal',
    hazard: 'two approval workflows decide one request',
    test: [
      'unit/activities/governance/two-approvals.test.ts',
      'end it once, in whatever order and however much at once their events arrive',
    ],
    takenOut: [
      change(
        'store/repositories/requests.ts',
        ".where(sql<string>`approval::text`, '=', JSON.stringify(before))",
        '',
      ),
    ],
  },
  {
    area: 'Slack',
    hazard: 'a line break in a reason forges lines of a message',
    test: [
      'unit/governance/request-text.test.ts',
      'keeps a reason on its own line, whatever is in it',
    ],
    takenOut: [change('governance/request-text.ts', "text.replace(UNSAFE, ' ')", 'text')],
  },
  {
    area: 'Elsewhere',
    hazard: 'the reason of a vote is replaced on its way',
    test: [VOTES, 'is refused with another reason than the signed one, or without it'],
    takenOut: [
      change(
        'activities/governance/authenticate-decision.ts',
        'given !== claim.reasonDigest',
        'given === null',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'a vote in the trail is not the one that was signed',
    test: [VOTES, 'is not proven if the trail states another person, verdict, or arguments'],
    takenOut: [
      change(
        'governance/verify-votes.ts',
        "this.#isThisVote(entry, claim) ? null : 'vote_differs'",
        'null',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: '`profile.__proto__` swaps the prototype',
    test: [OKTA_TEST, 'cannot change prototypes'],
    takenOut: [
      change(
        'connectors/okta/projections/users.ts',
        '=> user.parse(json)',
        '=> user.parse(Object.assign({}, json, { profile: Object.assign({}, (json as { profile: object }).profile) }))',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'an access key is used for what it was not made for',
    test: ['unit/server/scopes.test.ts', '%s needs %s, and no other scope helps'],
    takenOut: [
      change('server/api/key-access.ts', 'if (hasScope(key, scope)) return;', 'if (key) return;'),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'a holder of DATABASE_URL makes keys for other people',
    test: ['unit/services/keys/create-key.test.ts', 'is not made by %s'],
    takenOut: [
      change(
        'services/keys/create-key.ts',
        "if (person === null) return 'service';",
        "if (person !== 'x') return 'service';",
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'half-open connections use up the server',
    test: ['unit/server/http-server.test.ts', 'ends by itself if the client %s'],
    takenOut: [
      change(
        'server/http-server.ts',
        'createAdaptorServer({ fetch, serverOptions })',
        'createAdaptorServer({ fetch, serverOptions: { ...serverOptions, headersTimeout: 0, requestTimeout: 0 } })',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'strangers keep the refusals of others out of the audit trail',
    test: [
      'unit/server/slack.test.ts',
      'a flood by strangers keeps nobody else out of the audit trail',
    ],
    takenOut: [
      change(
        'server/minute-cap.ts',
        'const name = JSON.stringify(caller);',
        "const name = JSON.stringify(caller).slice(0, 0) + 'all';",
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'a token of Salesforce is sent to an address inside the network',
    test: [
      'unit/connectors/salesforce/salesforce.test.ts',
      'is sent to no address that a real login names as %s (%s)',
    ],
    takenOut: [
      change(
        'connectors/salesforce/client.ts',
        "url.protocol === 'https:' && PUBLIC_NAME.test(url.hostname)",
        "url.protocol === 'https:'",
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'the audit trail is shortened without a trace',
    test: [
      'unit/cli/purge/command.test.ts',
      'records first that audit entries are kept for a shorter time than before',
    ],
    takenOut: [change('services/audit/purge.ts', 'return toMs < fromMs', 'return toMs < 0')],
  },
  {
    area: 'Elsewhere',
    hazard: 'one person with DATABASE_URL decides as several people',
    test: ['unit/cli/approvals/server.test.ts', 'is not signed here with DATABASE_URL: %j'],
    takenOut: [
      change(
        'cli/approvals/decide.ts',
        'if (await isOwnStack({ settings, local })) return;',
        'if (settings) return;',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'a stream of changes that is cut in the middle of a batch loses the rest',
    test: [
      'unit/server/events-route.test.ts',
      'says once per batch what has changed, with topic and id only',
    ],
    takenOut: [
      change('server/api/events/stream.ts', 'n === shown.length - 1 ? position : null', 'position'),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'a stream of changes goes on with a revoked key',
    test: [
      'unit/server/events-route.test.ts',
      'ends when its key is no longer valid, when the reader leaves, and after 20 streams',
    ],
    takenOut: [change('server/api/events/stream.ts', 'if (!(await isAllowed(check))) return;', '')],
  },
  {
    area: 'Elsewhere',
    hazard: 'the access key of a person who has left starts a check',
    test: [
      'unit/server/checks-routes.test.ts',
      'starts a check for the person of the key, and refuses a malformed request',
    ],
    takenOut: [
      change(
        'server/api/key-person.ts',
        "principalOf('user', (await userOfKey(parts, key)).id)",
        'principalOfKey(key)',
      ),
    ],
  },
  {
    area: 'Embedded stack',
    hazard: 'another user of the machine connects to the store',
    test: [
      'unit/local/store-process.test.ts',
      'lets nobody in who does not know its password, which is new at each start',
    ],
    takenOut: [
      change(
        'local/pglite.ts',
        "if (isPassword(given, this.#password ?? '')) {",
        "if (isPassword(given, this.#password ?? '') || given.length >= 0) {",
      ),
    ],
  },
  {
    area: 'Embedded stack',
    hazard: 'another user of the machine reads ARX_HOME',
    test: [
      'unit/config/folder.test.ts',
      'refuses an ARX_HOME of mode %s, which others could read or write',
    ],
    takenOut: [change('config/home.ts', 'const OTHERS = 0o077;', 'const OTHERS = 0o000;')],
  },
  {
    area: 'Embedded stack',
    hazard: 'a child of the stack creates files that others can read',
    test: [
      'unit/local/children.test.ts',
      'a child creates files that no other user can read, whatever the umask here',
    ],
    takenOut: [change('config/umask.ts', 'const PRIVATE = 0o077;', 'const PRIVATE = 0o022;')],
  },
];

/** One row for each hazard that touches the main job. */
export const HAZARDS: readonly Hazard[] = [
  ...OKTA,
  ...JIRA,
  ...SLACK,
  ...TEMPORAL,
  ...STORE,
  ...EMBEDDED,
  ...GOVERNANCE,
  ...ELSEWHERE,
  ...VENDOR_ANSWERS,
  ...OKTA_READS,
];

/**
 * What stands in the list of hazards and does not touch the main job, or is not for a test to show.
 */
export const NOT_HERE: Readonly<Record<string, string>> = {
  'only six named exports of the Okta SDK work under ESM':
    'the type check and every connector test',
  'skipLibCheck is needed': 'the type check',
  'bulk create answers 201 with partial errors': 'bulk create is not among the operations',
  'heartbeats cost an action each': 'a choice of figures: 4 s here, for a recovery within 10 s',
  'update validators must be synchronous, races at the end of an approval, late decisions':
    'the job has no updates',
  'an approvals page; Slack callbacks': 'the job has neither',
  'PostgreSQL refuses to run as root': 'the tests start theirs as another user',
};
