import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorDetails } from '../../../src/connectors/error-details.ts';
import { ConnectorError } from '../../../src/connectors/errors.ts';
import type { ErrorRow } from '../../../src/connectors/transport/error-table.ts';
import { findOperation } from '../../../src/governance/catalogue.ts';
import { assertProperty } from '../../support/properties.ts';
import {
  accountHarness,
  ENTRA_GROUP,
  ENTRA_USER,
  GOOGLE_USER,
  grant,
  isToken,
  SALESFORCE_USER,
  tokenReply,
} from './support/accounts.ts';
import { ERROR_BODIES, ERROR_TABLES } from './support/error-tables.ts';
import type { ErrorVendor } from './support/error-tables.ts';
import { context, policy } from './support/harness.ts';
import type { Harness } from './support/harness.ts';
import { NOWHERE, OKTA_CALLS } from './support/okta-calls.ts';
import { startServer } from './support/server.ts';
import type { Reply, TestServer } from './support/server.ts';

const CANARIES = [
  'ann.canary@example.com',
  'SSWS 00canary5b1f7c9d2e4a6b8c0d1e2f3a4b5c',
  '+15550100999',
];
/** Words with what must never be shown. */
const WORDS = `refused for ${CANARIES.join(' and ')}`;

const CALLS: Readonly<Record<ErrorVendor, [operation: string, input: unknown][]>> = {
  okta: Object.entries(OKTA_CALLS).map(([operation, inputs]) => [operation, inputs(NOWHERE)[0]]),
  entra: [
    ...['users:disable', 'users:enable', 'users:revoke_sessions'].map(
      (operation): [string, unknown] => [operation, { userId: ENTRA_USER }],
    ),
    ...['groups:read', 'groups:add_member', 'groups:remove_member'].map(
      (operation): [string, unknown] => [operation, { groupId: ENTRA_GROUP, userId: ENTRA_USER }],
    ),
    ['users:read', { user: ENTRA_USER }],
  ],
  google: ['users:read', 'users:suspend', 'users:unsuspend'].map((operation) => [
    operation,
    { user: GOOGLE_USER },
  ]),
  salesforce: [
    ['users:read', { user: SALESFORCE_USER }],
    ...['users:read_login', 'users:deactivate', 'users:activate'].map(
      (operation): [string, unknown] => [operation, { userId: SALESFORCE_USER }],
    ),
  ],
};

/** Words that select a row by what the vendor says. */
const SAID: readonly string[] = [
  'Unable to update on-premises mastered Directory Sync objects',
  'a mail-enabled group',
  'a group with dynamic membership',
  'User is deleted',
  'queries per day',
  'ConcurrentRequests limit',
  'nothing in particular',
];

const drawn = (vendor: ErrorVendor): fc.Arbitrary<Drawn> =>
  fc.record({
    call: fc.constantFrom(...CALLS[vendor]),
    row: fc.constantFrom(...ERROR_TABLES[vendor].rows),
    /** Null: one that the vendor publishes for the code. */
    status: fc.oneof(
      { weight: 3, arbitrary: fc.constant(null) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(400, 401, 403, 404, 409, 412, 429, 500, 501, 502, 503, 504, 599),
      },
    ),
    said: fc.constantFrom(...SAID),
    form: fc.constantFrom('own', 'own', 'own', 'html', 'empty', 'cut', 'list', 'unknown code'),
    headers: fc.constantFrom<Record<string, string>>(
      {},
      { 'retry-after': '7' },
      { 'retry-after': 'soon' },
      { 'retry-after': '86400' },
      {
        'x-rate-limit-limit': '0',
        'x-rate-limit-remaining': '0',
        'x-rate-limit-reset': '99999999999',
      },
    ),
  });
interface Drawn {
  call: [operation: string, input: unknown];
  row: ErrorRow;
  status: number | null;
  said: string;
  form: string;
  headers: Record<string, string>;
}

const statusOf = ({ row, status }: Drawn): number => status ?? row.status[0] ?? 400;

function replyTo(vendor: ErrorVendor, one: Drawn): Reply {
  const status = statusOf(one);
  const { headers } = one;
  const text = `${one.said} ${WORDS}`;
  const own = ERROR_BODIES[vendor](one.row.vendorCode, text);
  switch (one.form) {
    case 'html':
      return { status, headers, text: `<html>${WORDS}</html>` };
    case 'empty':
      return { status, headers };
    case 'cut':
      return { status, headers, text: JSON.stringify(own).slice(0, 20) };
    case 'list':
      return { status, headers, json: Array.isArray(own) ? (own as unknown[])[0] : [own] };
    case 'unknown code':
      return {
        status,
        headers,
        json: ERROR_BODIES[vendor](vendor === 'okta' ? 'E0009999' : 'SOMETHING_ELSE', text),
      };
    default:
      return { status, headers, json: own };
  }
}

/** The row that the documented form of the code selects; undefined if there is none for the status. */
function rowFor(vendor: ErrorVendor, one: Drawn): ErrorRow | undefined {
  if (one.form !== 'own') return undefined;
  const [operation] = one.call;
  return ERROR_TABLES[vendor].rows.find(
    (row) =>
      row.vendorCode === one.row.vendorCode &&
      row.status.includes(statusOf(one)) &&
      (row.said?.test(one.said) ?? true) &&
      (row.operation?.test(operation) ?? true),
  );
}

const EVERYTHING = ['okta', 'entra', 'google', 'salesforce'].map((connector) =>
  policy({ connector, operations: ['*:*'], riskMax: 'CRITICAL' }),
);

describe.each(Object.keys(ERROR_BODIES) as ErrorVendor[])(
  'every error of %s, for every operation',
  (vendor) => {
    let server: TestServer;
    let reply: Reply;
    beforeAll(async () => {
      server = await startServer((seen) => (isToken(seen) ? tokenReply(server.origin) : reply));
    });
    afterAll(() => server.close());

    /** The error of a call; null if the refusal means that the wanted state already exists. */
    async function fail(
      one: Drawn,
    ): Promise<{ error: ConnectorError | null; sent: number; parts: Harness }> {
      const [operation, input] = one.call;
      // New ones for each call: after a rate limit, the next call would wait.
      const parts = accountHarness(server.origin, {
        bundle: () => ({ ok: true, digest: 'e'.repeat(64), policies: EVERYTHING }),
      });
      reply = replyTo(vendor, one);
      const before = server.seen.filter((seen) => !isToken(seen)).length;
      const call = parts.connectors[vendor] as unknown as (...given: unknown[]) => Promise<unknown>;
      const error = await call(operation, input, context({ grant })).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (error !== null && !(error instanceof ConnectorError)) throw error;
      return { error, parts, sent: server.seen.filter((seen) => !isToken(seen)).length - before };
    }

    it('ends with what the table says, sent once, and without what nobody may see', async () => {
      await assertProperty(
        fc.asyncProperty(drawn(vendor), async (one) => {
          const [operation] = one.call;
          const isWrite = findOperation(vendor, operation)?.risk !== 'LOW';
          const { error, sent, parts } = await fail(one);
          const status = statusOf(one);
          // A refused token is replaced once; everything else is sent once.
          expect(sent).toBe(status === 401 && vendor !== 'okta' ? 2 : 1);
          if (error === null) {
            expect([vendor, operation, status]).toEqual(['entra', 'groups:remove_member', 404]);
            return;
          }
          const { fields } = error;
          const row = rowFor(vendor, one);
          if (row) {
            expect(fields).toMatchObject({
              code: row.code,
              lasts: row.lasts,
              vendorCode: row.vendorCode,
            });
            expect(error.retryable).toBe(row.lasts === 'passing');
            if (row.message !== undefined) expect(fields.message).toBe(row.message);
            if (row.ambiguous === false) expect(fields.ambiguous).toBe(false);
          }
          if (!isWrite) expect(fields.ambiguous).toBe(false);
          // An answer that does not tell what happened is a failure neither of the caller nor of its rights.
          if (status >= 500 && !row)
            expect(fields).toMatchObject({ code: 'unavailable', ambiguous: isWrite });
          if (status >= 500) expect(fields.message).not.toMatch(/permission/);
          if (one.form !== 'own' && one.form !== 'unknown code')
            expect(fields.vendorCode).toBeNull();
          if (fields.retryAfterMs !== null)
            expect(fields.retryAfterMs).toBeLessThanOrEqual(120_000);
          const details = errorDetails(error);
          expect([...(error.vendorMessage ?? '')].length).toBeLessThanOrEqual(300);
          const kept = JSON.stringify([error, error.message, error.stack, parts.journal.drafts]);
          for (const canary of CANARIES) {
            expect(JSON.stringify(details)).not.toContain(canary);
            expect(kept).not.toContain(canary);
          }
          expect(kept).not.toContain(WORDS.slice(0, 11));
        }),
        { numRuns: 400 },
      );
    });
  },
);

describe('the tables of errors', () => {
  it.each(Object.entries(ERROR_TABLES))(
    'of %s have a usable row for each code',
    (vendor, { rows }) => {
      for (const row of rows) {
        const named = [vendor, row.vendorCode] as const;
        expect([...named, row.status.length > 0]).toEqual([...named, true]);
        // A lasting failure says what happened in words of its own, unless the kind says it all.
        const isPlain = [
          'unauthenticated',
          'not_found',
          'invalid',
          'forbidden',
          'conflict',
        ].includes(row.code);
        if (row.lasts === 'lasting' && !isPlain)
          expect([...named, row.message]).not.toContain(undefined);
        if (row.lasts === 'passing') expect(['rate_limited', 'unavailable']).toContain(row.code);
      }
    },
  );
});
