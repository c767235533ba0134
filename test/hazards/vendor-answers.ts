/** Hazards of the answers of Okta, Entra ID, Google Workspace and Salesforce. */

import type { Change, Hazard } from './table.ts';

const change = (file: string, from: string, to: string): Change => ({
  file: `src/${file}`,
  from,
  to,
});

const REFUSALS = 'unit/activities/governance/vendor-refusals.test.ts';
const STATES = 'unit/activities/governance/vendor-states.test.ts';
const TARGETS = 'unit/activities/flows/read-target.test.ts';

export const VENDOR_ANSWERS: readonly Hazard[] = [
  {
    area: 'Okta SDK',
    hazard:
      'a 501 about a built-in group is tried for minutes, and reported as a worker that ended',
    test: [
      REFUSALS,
      'of an operation that a built-in group does not have ends at once, as what it is',
    ],
    takenOut: [
      change(
        'connectors/okta/error-table.ts',
        "row(501, 'conflict', 'lasting')(\n      'E0000060',",
        "row(501, 'unavailable', 'passing')(\n      'E0000060',",
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a 403 about a password held elsewhere is reported as a missing permission',
    test: [STATES, 'does not expire or reset a password that is at %s, and says where it is'],
    takenOut: [
      change('connectors/okta/error-table.ts', "state('E0000014',", "forbidden('E0000014',"),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a user who is activated without a password never becomes ACTIVE',
    test: ['unit/flows/tables.test.ts', 'activation is done also without a password'],
    takenOut: [
      change(
        'flows/effects.ts',
        "status(['ACTIVE', 'PROVISIONED'], 'STAGED'",
        "status('ACTIVE', 'STAGED'",
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'a daily limit of Salesforce is waited for',
    test: [REFUSALS, 'with a daily limit ends at once, instead of being waited for'],
    takenOut: [
      change(
        'connectors/salesforce/error-table.ts',
        "lasts: 'lasting', message: 'the organisation has used up",
        "lasts: 'passing', message: 'the organisation has used up",
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'a rate limit of a read is waited for without end',
    test: [
      'unit/activities/support/failures.test.ts',
      'a rate limit is waited for half an hour, and other faults so many attempts',
    ],
    takenOut: [
      change(
        'activities/support/failures.ts',
        'Date.now() - scheduledTimestampMs >= RATE_LIMIT_WAIT_MS',
        'Date.now() - scheduledTimestampMs >= Infinity',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'a write is repeated after an answer that does not tell what happened',
    test: [REFUSALS, 'that does not tell what happened is looked up once, and not repeated'],
    takenOut: [
      change(
        'activities/governance/request-end.ts',
        "  lasts === 'lasting' || lasts === 'unknown';",
        "  lasts === 'lasting';",
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'a vendor that keeps failing is reported as a worker that ended',
    test: [
      REFUSALS,
      'that stays temporary ends as what the vendor said, not as a worker that ended',
    ],
    takenOut: [
      change(
        'activities/governance/interrupted.ts',
        'outcome: { missedAt, ...failed },',
        'outcome: { missedAt },',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'a second call without an answer is judged by the time of the first',
    test: [REFUSALS, 'is waited for after each call, also after the second one without an answer'],
    takenOut: [
      change(
        'activities/governance/perform.ts',
        "{ state: 'performing', outcome: {}, at }",
        "{ state: 'performing', at }",
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'a write does not find what was read a moment before',
    test: [REFUSALS, 'is made again while the copies of the vendor differ'],
    takenOut: [
      change(
        'activities/governance/perform.ts',
        'await retryIfNotSeenYet(deps, { record, facts, error });',
        'void retryIfNotSeenYet;',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'people are not told which field or rule a vendor named',
    test: [
      REFUSALS,
      'names the field, in the words of the vendor, and nothing of it reaches the audit trail',
    ],
    takenOut: [change('connectors/error-details.ts', 'field: error.vendorField,', 'field: null,')],
  },
  {
    area: 'Elsewhere',
    hazard: 'a change of a synchronised account is reported as an invalid request',
    test: [STATES, 'does not block a synchronised account, and names its source'],
    takenOut: [
      change(
        'connectors/entra/error-table.ts',
        "code: 'conflict',\n    message: 'the object is synchronised",
        "code: 'invalid',\n    message: 'the object is synchronised",
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'the permission for a role-assignable group is not the one for other groups',
    test: [STATES, 'does not change a group that is %j, and says why'],
    takenOut: [
      change(
        'connectors/entra/error-table.ts',
        'operation: /^groups:(add|remove)_member$/',
        'operation: /^never$/',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'an account of Entra ID whose accountEnabled was never set cannot be read',
    test: [TARGETS, 'of Entra ID with accountEnabled %j is %s'],
    takenOut: [
      change(
        'connectors/entra/operations.ts',
        'accountEnabled: z.boolean().nullable(),',
        'accountEnabled: z.boolean(),',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'frozen and locked users of Salesforce look like all others',
    test: [TARGETS, 'of Salesforce: %j is %s'],
    takenOut: [
      change(
        'activities/flows/read-target.ts',
        "active ? await signInState(salesforce, id, context) : 'INACTIVE'",
        "active ? 'ACTIVE' : 'INACTIVE'",
      ),
    ],
  },
];
