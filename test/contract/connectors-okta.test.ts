import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogueRequest } from '../../src/connectors/pipeline/catalogue-request.ts';
import { PolicyDeniedError } from '../../src/connectors/errors.ts';
import { oktaOperations } from '../../src/connectors/okta/operations.ts';
import { startEmulators } from '../../emulators/start.ts';
import { OPERATIONS } from '../../src/governance/catalogue.ts';
import { needsPerson } from '../../src/governance/risk.ts';
import { openApiOf } from '../support/openapi.ts';
import { itWithReference } from '../support/reference.ts';
import { emulatedHarness } from '../unit/connectors/support/emulated.ts';
import { MemoryGrants } from '../unit/connectors/support/grants.ts';
import { context, failureOf, policy, PRINCIPAL } from '../unit/connectors/support/harness.ts';
import {
  OKTA_CALLS,
  OKTA_OPERATION_NAMES,
  worldOf,
} from '../unit/connectors/support/okta-calls.ts';
import type { AnyRow } from '../../src/connectors/pipeline/operation.ts';
import type { PolicyBundle } from '../../src/governance/types.ts';
import type { RunningEmulators } from '../../emulators/start.ts';
import type { OktaOperationName, World } from '../unit/connectors/support/okta-calls.ts';

const CANARIES = {
  phone: '+1 555 4242 4242',
  totpSeed: 'CANARYSEED42424242',
  link: 'canaryLinkToken42424',
};
const specification = openApiOf('okta');

/** Calls missing from the subset of Okta's specification in the reference data. */
const OUTSIDE: readonly string[] = [
  'users:expire_password',
  'users:read_enrollments',
  'apps:read_groups',
  'authenticators:read',
];
/** Query parameters that the specification lacks, although Okta's own links to next pages have them. */
const UNDOCUMENTED: Readonly<Record<string, string>> = { 'users:read_groups': "'limit'" };
const EVERYTHING: PolicyBundle = {
  ok: true,
  digest: 'e'.repeat(64),
  policies: [policy({ connector: 'okta', operations: ['*:*'], riskMax: 'CRITICAL' })],
};
const NOTHING: PolicyBundle = { ok: true, digest: 'n'.repeat(64), policies: [] };

let emulators: RunningEmulators;
let world: World;
beforeAll(async () => {
  emulators = await startEmulators({
    profile: 'plain',
    users: 3,
    rateLimit: 0,
    canaries: CANARIES,
  });
  const { connectors } = emulatedHarness(emulators.document, { bundle: () => EVERYTHING });
  const policies = await connectors.okta('policies:read', { type: 'ACCESS_POLICY' }, context());
  world = worldOf(emulators, policies.output.items[0]?.id ?? '');
});
afterAll(() => emulators.close());

const rowOf = (operation: string) =>
  oktaOperations('http://x')[operation as OktaOperationName] as unknown as AnyRow<unknown>;
const riskOf = (operation: string) =>
  OPERATIONS.find((row) => row.operation === operation)?.risk ?? 'CRITICAL';

const callsByOperation = new Map<OktaOperationName, ReturnType<typeof makeCalls>>();

/** The calls of an operation, made only once because some would be refused the second time. */
function callsOf(operation: OktaOperationName): ReturnType<typeof makeCalls> {
  const calls = callsByOperation.get(operation) ?? makeCalls(operation);
  callsByOperation.set(operation, calls);
  return calls;
}

/** Makes each call of an operation, with a grant if it needs one. */
async function makeCalls(operation: OktaOperationName) {
  const grants = new MemoryGrants();
  const { connectors, journal } = emulatedHarness(emulators.document, {
    bundle: () => EVERYTHING,
    grants,
  });
  const inputs = OKTA_CALLS[operation](world) as unknown[];
  const from = emulators.log.entries.length;
  const outputs: unknown[] = [];
  for (const input of inputs) {
    const grant = grants.give({ connector: 'okta', operation, input, principal: PRINCIPAL });
    outputs.push((await connectors.okta(operation, input as never, context({ grant }))).output);
  }
  return { inputs, outputs, journal, grants, logged: emulators.log.entries.slice(from) };
}

describe('every operation of the catalogue', () => {
  it('has a row and test inputs', () => {
    const catalogue = OPERATIONS.filter(({ connector }) => connector === 'okta').map(
      ({ operation }) => operation,
    );
    expect(Object.keys(oktaOperations('http://x')).sort()).toEqual([...catalogue].sort());
    expect([...OKTA_OPERATION_NAMES].sort()).toEqual([...catalogue].sort());
    expect(catalogue).toHaveLength(40);
  });
});

describe.each(OKTA_OPERATION_NAMES)('%s', (operation) => {
  it('sends the requests in the catalogue, and records its audit entries', async () => {
    const { inputs, outputs, journal, grants, logged } = await callsOf(operation);
    const row = rowOf(operation);
    const approved = inputs.map((input) =>
      catalogueRequest('okta', operation, row.route(input as never)),
    );
    expect(logged.map(({ method, path }) => ({ method, path }))).toEqual(approved);
    expect(logged.every((entry) => entry.accepted && entry.write === row.write)).toBe(true);
    expect(logged.every((entry) => entry.operation === operation)).toBe(true);
    const kinds = row.write ? ['action.started', 'action.succeeded'] : ['action.succeeded'];
    expect(journal.kinds).toEqual(inputs.flatMap(() => kinds));
    expect(grants.asked).toHaveLength(needsPerson(riskOf(operation)) ? inputs.length : 0);
    const said = JSON.stringify([outputs, journal.drafts]);
    expect(Object.values(CANARIES).filter((canary) => said.includes(canary))).toEqual([]);
    expect(journal.drafts.every(({ argsDigest }) => /^[0-9a-f]{64}$/.test(argsDigest ?? ''))).toBe(
      true,
    );
  });

  itWithReference("conforms to Okta's specification", async () => {
    const { logged } = await callsOf(operation);
    const known = UNDOCUMENTED[operation];
    const problems = logged
      .flatMap((request) => specification.request(request))
      .filter((one) => known === undefined || !one.includes(`query parameter ${known} is not`));
    if (OUTSIDE.includes(operation))
      expect(problems.every((one) => one.includes('is in no path'))).toBe(true);
    else expect(problems).toEqual([]);
  });

  it('is refused without a policy, before anything is sent', async () => {
    const grants = new MemoryGrants();
    const { connectors, journal } = emulatedHarness(emulators.document, {
      bundle: () => NOTHING,
      grants,
    });
    const [input] = OKTA_CALLS[operation](world) as unknown[];
    const grant = grants.give({ connector: 'okta', operation, input, principal: PRINCIPAL });
    const from = emulators.log.entries.length;
    const error = await failureOf(connectors.okta(operation, input as never, context({ grant })));
    expect(error).toBeInstanceOf(PolicyDeniedError);
    expect(error).toMatchObject({ code: 'default_deny' });
    expect([journal.kinds, emulators.log.entries.slice(from), grants.asked]).toEqual([
      ['action.denied'],
      [],
      [],
    ]);
  });
});

describe.each(OKTA_OPERATION_NAMES.filter((operation) => needsPerson(riskOf(operation))))(
  '%s',
  (operation) => {
    it('is refused without a grant, before anything is sent', async () => {
      const { connectors, journal } = emulatedHarness(emulators.document, {
        bundle: () => EVERYTHING,
      });
      const [input] = OKTA_CALLS[operation](world) as unknown[];
      const from = emulators.log.entries.length;
      const error = await failureOf(connectors.okta(operation, input as never, context()));
      expect(error).toMatchObject({ name: 'PolicyDeniedError', code: 'approval_required' });
      expect([journal.kinds, emulators.log.entries.slice(from)]).toEqual([['action.denied'], []]);
    });
  },
);
