import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import {
  AuditConflictError,
  AuditUnavailableError,
  OvertakenError,
} from '../../../../src/audit/errors.ts';
import { loadPolicies } from '../../../../src/config/policies/policies.ts';
import { InvalidArgumentError, PolicyDeniedError } from '../../../../src/connectors/errors.ts';
import { CATALOGUE, OPERATIONS } from '../../../../src/governance/catalogue.ts';
import { bundleDigest } from '../../../../src/governance/digest.ts';
import { CALLER, context, failureOf, harness, policy, USER } from '../support/harness.ts';
import { inputsFor, NOWHERE } from '../support/okta-calls.ts';
import { serverPool } from '../support/server.ts';
import type { ConnectorError } from '../../../../src/connectors/errors.ts';
import type { PolicyBundle } from '../../../../src/governance/types.ts';
import type { CallOutcome } from '../../../../src/connectors/types.ts';

const servers = serverPool();
afterEach(() => servers.closeAll());

const bundle = (...policies: ReturnType<typeof policy>[]): PolicyBundle => ({
  ok: true,
  policies,
  digest: 'd',
});
const shipped = (): PolicyBundle =>
  loadPolicies({
    patterns: ['policies/mfa-enforcement-check.yaml'],
    baseDir: fileURLToPath(new URL('../../../..', import.meta.url)),
    catalogue: CATALOGUE,
    digest: bundleDigest,
  });

const userAnswer = { json: { id: USER, status: 'ACTIVE', profile: { login: 'someone' } } };
const comment = { key: 'SEC-1', body: [{ type: 'paragraph' as const, text: 'hello' }] };

describe('a read', () => {
  it('records one entry with decision and outcome before it returns', async () => {
    const { origin } = await servers.start(() => ({
      ...userAnswer,
      headers: { 'x-okta-request-id': 'req-1' },
    }));
    const { connectors, journal, events } = harness(origin);
    const result = await connectors.okta(
      'users:read_detail',
      { userId: USER },
      context({ subject: USER }),
    );
    expect(result).toMatchObject({
      requestId: 'req-1',
      decision: { effect: 'allow' },
      output: { login: 'someone' },
    });
    expect(journal.drafts).toEqual([
      {
        workflowId: 'mfa-1',
        run: 'run-1',
        kind: 'action.succeeded',
        subject: USER,
        target: USER,
        at: '2026-01-05T08:00:00.000Z',
        actor: { principal: CALLER.principal, authenticatedBy: 'worker' },
        surface: 'workflow',
        operation: 'okta:users:read_detail',
        risk: 'LOW',
        decision: {
          effect: 'allow',
          code: 'granted',
          policies: ['test-okta'],
          bundleDigest: 'b'.repeat(64),
        },
        argsDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
        args: { userId: USER },
        outcome: { ok: true, status: 'ACTIVE' },
        correlation: { requestId: 'req-1' },
      },
    ]);
    expect(events).toEqual([
      expect.objectContaining({
        connector: 'okta',
        operation: 'users:read_detail',
        run: 'run-1',
        status: 200,
        throttled: false,
      }),
    ]);
  });

  it("is recorded by the caller's recorder, with its effect in the same transaction", async () => {
    const { origin } = await servers.start(() => ({ json: [] }));
    const { connectors, journal } = harness(origin);
    const stored: string[] = [];
    await connectors.okta(
      'users:read_factors',
      { userId: USER },
      context({
        record: (outcome) => ({
          kind: 'user.checked',
          subject: USER,
          sequence: 0,
          outcome: { factors: outcome.ok ? outcome.output.length : -1 },
          effect: async () => void stored.push('verdict'),
        }),
      }),
    );
    expect(journal.drafts).toMatchObject([
      { kind: 'user.checked', subject: USER, sequence: 0, outcome: { factors: 0 } },
    ]);
    expect(stored).toEqual(['verdict']);
  });

  it('is not returned if its entry cannot be written', async () => {
    const { origin } = await servers.start(() => userAnswer);
    const { connectors, journal } = harness(origin);
    journal.failFrom = 1;
    const error = await failureOf(
      connectors.okta('users:read_detail', { userId: USER }, context()),
    );
    expect(error).toBeInstanceOf(AuditUnavailableError);
    expect(error).toMatchObject({
      sent: true,
      message:
        'okta users:read_detail was sent, but it could not be recorded (the test says so), so its answer is not used: try again',
    });
  });

  it('that fails is recorded as failed, never as unknown', async () => {
    const { origin } = await servers.start(() => ({ cut: 'before' }));
    const { connectors, journal } = harness(origin);
    const error = await failureOf(
      connectors.okta('users:read_detail', { userId: USER }, context()),
    );
    expect((error as ConnectorError).fields).toMatchObject({
      code: 'unavailable',
      ambiguous: false,
      status: null,
    });
    expect(journal.drafts).toMatchObject([
      {
        kind: 'action.failed',
        outcome: { ok: false, code: 'unavailable', status: null, ambiguous: false },
      },
    ]);
  });
});

describe('a write', () => {
  it('records its intent before the call, and its outcome afterwards', async () => {
    const order: string[] = [];
    const { origin } = await servers.start(() => {
      order.push('sent');
      return { status: 201, json: { id: '77' } };
    });
    const { connectors, journal } = harness(origin);
    const append = journal.append.bind(journal);
    journal.append = async (drafts, effect) => {
      order.push(drafts[0]?.kind ?? '');
      return append(drafts, effect);
    };
    await connectors.jira('issues:comment', comment, context({ sequence: 3, reason: 'INC-7' }));
    expect(order).toEqual(['action.started', 'sent', 'action.succeeded']);
    expect(journal.drafts).toMatchObject([
      { kind: 'action.started', sequence: 3, correlation: { reason: 'INC-7' } },
      { kind: 'action.succeeded', sequence: 3, outcome: { ok: true, id: '77' } },
    ]);
  });

  it('is not sent if the intent cannot be written', async () => {
    const server = await servers.start(() => ({ status: 201, json: { id: '77' } }));
    const { connectors, journal } = harness(server.origin);
    journal.failFrom = 1;
    const error = await failureOf(connectors.jira('issues:comment', comment, context()));
    expect(error).toBeInstanceOf(AuditUnavailableError);
    expect(error).toMatchObject({
      sent: false,
      message:
        'jira issues:comment: the audit trail cannot be written (the test says so); nothing was sent',
    });
    expect(server.seen).toEqual([]);
  });

  it('is not sent after a later attempt has begun, and the audit trail records that nothing was sent', async () => {
    const server = await servers.start(() => ({ status: 201, json: { id: '77' } }));
    const { connectors, journal, events } = harness(server.origin, {
      confirm: () => Promise.reject(new OvertakenError(1)),
    });
    const error = (await failureOf(
      connectors.jira('issues:comment', comment, context()),
    )) as ConnectorError;
    expect(error.fields).toMatchObject({ code: 'cancelled', ambiguous: false });
    expect([server.seen, events]).toEqual([[], []]);
    expect(journal.kinds).toEqual(['action.started', 'action.failed']);
  });

  it('is confirmed again if the process was paused after the first confirmation', async () => {
    const server = await servers.start(() => ({ status: 201, json: { id: '77' } }));
    let confirmed = 0;
    const standStill = (ms: number): void =>
      void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    const { connectors } = harness(server.origin, {
      confirm: async () => {
        confirmed += 1;
        if (confirmed === 1) standStill(1_100);
        else throw new OvertakenError(1);
      },
    });
    await failureOf(connectors.jira('issues:comment', comment, context()));
    expect([confirmed, server.seen]).toEqual([2, []]);
  });

  it('needs no confirmation if it only reads', async () => {
    const { origin } = await servers.start(() => userAnswer);
    const { connectors } = harness(origin, {
      confirm: () => Promise.reject(new OvertakenError(1)),
    });
    await connectors.okta('users:read_detail', { userId: USER }, context());
  });

  it('marks its outcome, so that it is recorded even after the attempt was overtaken', async () => {
    const { origin } = await servers.start(() => ({ status: 201, json: { id: '77' } }));
    const { connectors, journal } = harness(origin);
    const append = journal.append.bind(journal);
    const outcomes: unknown[] = [];
    journal.append = (drafts, effect, options) => {
      outcomes.push([drafts[0]?.kind, options?.isOutcome]);
      return append(drafts, effect);
    };
    await connectors.jira('issues:comment', comment, context());
    expect(outcomes).toEqual([
      ['action.started', false],
      ['action.succeeded', true],
    ]);
  });

  it("is not sent if the effect of the intent cannot be stored, and throws the caller's own error", async () => {
    const server = await servers.start(() => ({ status: 201, json: { id: '77' } }));
    const { connectors, journal } = harness(server.origin);
    const intent = {
      kind: 'ticket.intended' as const,
      effect: async (): Promise<void> => {
        throw new RangeError('lease lost');
      },
    };
    expect(
      await failureOf(connectors.jira('issues:comment', comment, context({ intent }))),
    ).toBeInstanceOf(RangeError);
    expect([server.seen, journal.drafts]).toEqual([[], []]);
  });

  it('ends with an unavailable audit trail if its outcome cannot be written, and keeps its intent', async () => {
    const server = await servers.start(() => ({ status: 201, json: { id: '77' } }));
    const { connectors, journal } = harness(server.origin);
    journal.failFrom = 2;
    const error = await failureOf(connectors.jira('issues:comment', comment, context()));
    expect(error).toBeInstanceOf(AuditUnavailableError);
    expect(error).toMatchObject({
      sent: true,
      message:
        'jira issues:comment was sent, but its outcome could not be recorded (the test says so): read the target before you try again',
    });
    expect([server.seen.length, journal.kinds]).toEqual([1, ['action.started']]);
  });

  it('converts any failure of the journal to an unavailable audit trail, except an alarm', async () => {
    const server = await servers.start(() => ({}));
    const broken = (error: Error) =>
      harness(server.origin, { journal: { append: () => Promise.reject(error) } });
    const disk = broken(new Error('disk full, canary')).connectors;
    expect(await failureOf(disk.jira('issues:comment', comment, context()))).toBeInstanceOf(
      AuditUnavailableError,
    );
    const alarm = broken(new AuditConflictError('x')).connectors;
    expect(await failureOf(alarm.jira('issues:comment', comment, context()))).toBeInstanceOf(
      AuditConflictError,
    );
    expect(server.seen).toEqual([]);
  });

  it.each([
    ['a lost connection', { cut: 'before' as const }, 'action.unknown', true],
    ['half a response', { cut: 'midway' as const, text: 'x'.repeat(2000) }, 'action.unknown', true],
    ['no response in time', { hang: true }, 'action.unknown', true],
    ['a 503', { status: 503, text: 'down' }, 'action.unknown', true],
    [
      'HTML with 200',
      { text: '<html>', headers: { 'content-type': 'text/html' } },
      'action.unknown',
      true,
    ],
    ['an empty object', { json: {} }, 'action.unknown', true],
    ['a redirect', { status: 302, headers: { location: '/login' } }, 'action.unknown', true],
    ['a refusal', { status: 400, json: { errors: { comment: 'no' } } }, 'action.failed', false],
    ['a 429', { status: 429, json: {} }, 'action.failed', false],
  ])('with %s as the response is %s', async (_what, reply, kind, ambiguous) => {
    const { origin } = await servers.start(() => reply);
    const { connectors, journal } = harness(origin, { timeoutMs: 200 });
    const error = await failureOf(connectors.jira('issues:comment', comment, context()));
    expect((error as ConnectorError).fields.ambiguous).toBe(ambiguous);
    expect(journal.kinds).toEqual(['action.started', kind]);
  });

  it('that did not reach the vendor is not ambiguous', async () => {
    const { origin } = await servers.start(() => ({}));
    await servers.closeAll();
    const { connectors, journal } = harness(origin);
    const error = await failureOf(connectors.jira('issues:comment', comment, context()));
    expect((error as ConnectorError).fields).toMatchObject({
      code: 'unavailable',
      ambiguous: false,
    });
    expect(journal.kinds).toEqual(['action.started', 'action.failed']);
  });

  it('passes the outcome to the recorder', async () => {
    const { origin } = await servers.start(() => ({
      status: 404,
      json: { errorMessages: ['gone'] },
    }));
    const { connectors, journal } = harness(origin);
    const told: CallOutcome<unknown>[] = [];
    const record = (outcome: CallOutcome<unknown>): null => {
      told.push(outcome);
      return null;
    };
    await failureOf(connectors.jira('issues:comment', comment, context({ record })));
    expect(told).toMatchObject([{ ok: false, error: { code: 'not_found' } }]);
    expect(journal.kinds).toEqual(['action.started', 'action.failed']);
  });
});

describe('a refusal', () => {
  it('is made before anything is sent, and is audited with the decision', async () => {
    const server = await servers.start(() => userAnswer);
    const { connectors, journal } = harness(server.origin, { bundle: () => bundle() });
    const error = await failureOf(
      connectors.okta('users:read_detail', { userId: USER }, context()),
    );
    expect(error).toBeInstanceOf(PolicyDeniedError);
    expect((error as PolicyDeniedError).decision.code).toBe('default_deny');
    expect(journal.drafts).toMatchObject([
      {
        kind: 'action.denied',
        decision: { effect: 'deny', code: 'default_deny' },
        outcome: { code: 'default_deny' },
      },
    ]);
    expect(server.seen).toEqual([]);
  });

  it.each(OPERATIONS.filter(({ connector, risk }) => connector === 'okta' && risk !== 'LOW'))(
    'applies to the MFA check for okta $operation',
    async ({ operation }) => {
      const server = await servers.start(() => ({}));
      const { connectors, journal } = harness(server.origin, { bundle: shipped });
      const [input] = inputsFor(operation, NOWHERE);
      const error = await failureOf(
        connectors.okta(operation, input as never, context({ subject: USER })),
      );
      expect(error).toBeInstanceOf(PolicyDeniedError);
      expect(journal.drafts).toMatchObject([
        { kind: 'action.denied', operation: `okta:${operation}`, target: USER },
      ]);
      expect(server.seen).toEqual([]);
    },
  );

  it('applies to an operation that arx.yaml does not list, even if the policies grant it', async () => {
    const server = await servers.start(() => userAnswer);
    const { connectors, journal } = harness(server.origin);
    const caller = { ...CALLER, permitted: { okta: ['users:read', 'groups:*'] } };
    const error = await failureOf(
      connectors.okta('users:read_detail', { userId: USER }, context({ caller })),
    );
    expect((error as PolicyDeniedError).decision).toMatchObject({
      effect: 'deny',
      code: 'default_deny',
      hints: [expect.stringContaining('arx.yaml')],
    });
    expect([journal.kinds, server.seen]).toEqual([['action.denied'], []]);
    const none = { ...CALLER, permitted: {} };
    expect(
      await failureOf(
        connectors.okta('users:read_detail', { userId: USER }, context({ caller: none })),
      ),
    ).toBeInstanceOf(PolicyDeniedError);
  });

  it('applies to a call that requires human approval', async () => {
    const server = await servers.start(() => userAnswer);
    const asking = policy({
      connector: 'okta',
      operations: ['users:*'],
      approval: { LOW: 'hitl' },
    });
    const { connectors, journal } = harness(server.origin, { bundle: () => bundle(asking) });
    const error = await failureOf(
      connectors.okta('users:read_detail', { userId: USER }, context()),
    );
    expect((error as PolicyDeniedError).decision).toMatchObject({ effect: 'approval' });
    expect((error as PolicyDeniedError).decision.hints).toContain('it requires human approval');
    expect(journal.drafts).toMatchObject([
      { kind: 'action.denied', decision: { effect: 'approval' } },
    ]);
    expect(server.seen).toEqual([]);
  });

  it('applies to unknown operations', async () => {
    const server = await servers.start(() => ({}));
    const { connectors } = harness(server.origin);
    for (const operation of ['users:delete', 'users:explode', 'constructor', '__proto__']) {
      const error = await failureOf(connectors.okta(operation, {}, context()));
      expect((error as PolicyDeniedError).decision).toMatchObject({
        effect: 'deny',
        code: 'fail_closed',
      });
    }
    expect(server.seen).toEqual([]);
  });

  it('applies to every call if the policies did not load', async () => {
    const server = await servers.start(() => userAnswer);
    const { connectors } = harness(server.origin, {
      bundle: () => ({ ok: false, reason: 'broken', digest: null }),
    });
    const error = await failureOf(
      connectors.okta('users:read_detail', { userId: USER }, context()),
    );
    expect((error as PolicyDeniedError).decision.code).toBe('fail_closed');
    expect(server.seen).toEqual([]);
  });
});

describe('a malformed argument', () => {
  it('is refused and audited before the policy decides, and never repeated', async () => {
    const server = await servers.start(() => userAnswer);
    let asked = 0;
    const { connectors, journal } = harness(server.origin, {
      bundle: () => {
        asked += 1;
        return bundle();
      },
    });
    const hostile = '../groups/canary-value';
    const error = await failureOf(
      connectors.okta('users:read_detail', { userId: hostile }, context({ subject: hostile })),
    );
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({
      code: 'invalid_argument',
      message: 'okta users:read_detail: userId must be an Okta id (20 letters and digits)',
    });
    expect(journal.drafts).toMatchObject([
      { kind: 'action.denied', outcome: { code: 'invalid_argument', arguments: 'userId' } },
    ]);
    expect(JSON.stringify([error.message, journal.drafts])).not.toContain('canary-value');
    expect([asked, server.seen]).toEqual([0, []]);
  });

  it('may also be an unknown argument or text without a canonical form', async () => {
    const server = await servers.start(() => userAnswer);
    const { connectors } = harness(server.origin);
    const extra = { userId: USER, expand: 'canary' } as { userId: string };
    const error = await failureOf(connectors.okta('users:read_detail', extra, context()));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.message).toBe('okta users:read_detail: an argument is not one of this operation');
    const none = {} as { userId: string };
    expect((await failureOf(connectors.okta('users:read_detail', none, context()))).message).toBe(
      'okta users:read_detail: userId is missing',
    );
    const half = { key: 'SEC-1', body: [{ type: 'paragraph' as const, text: '\ud83d' }] };
    expect(await failureOf(connectors.jira('issues:comment', half, context()))).toBeInstanceOf(
      InvalidArgumentError,
    );
    expect(server.seen).toEqual([]);
  });
});

describe('an observer that throws', () => {
  it('does not change the outcome of the call', async () => {
    const { origin } = await servers.start(() => ({ status: 201, json: { id: '77' } }));
    const observe = (): never => {
      throw new Error('counter broken');
    };
    const { connectors } = harness(origin, { observe });
    expect((await connectors.jira('issues:comment', comment, context())).output).toEqual({
      id: '77',
    });
  });
});

describe('a decision without a call', () => {
  it('is neither audited nor sent', async () => {
    const server = await servers.start(() => userAnswer);
    const { connectors, journal } = harness(server.origin, { bundle: shipped });
    expect(connectors.decide('okta', 'users:read', CALLER.principal).effect).toBe('allow');
    expect(connectors.decide('okta', 'users:suspend', CALLER.principal).effect).toBe('deny');
    expect([journal.drafts, server.seen]).toEqual([[], []]);
  });
});

describe('a vendor that is not configured', () => {
  it('refuses its calls as invalid, audits them and sends nothing', async () => {
    const server = await servers.start(() => ({}));
    const { connectors, journal } = harness(server.origin, { slack: undefined });
    const error = await failureOf(connectors.slack('auth:test', {}, context()));
    expect((error as ConnectorError).fields).toMatchObject({
      code: 'invalid',
      status: null,
      ambiguous: false,
    });
    expect([journal.kinds, server.seen]).toEqual([['action.failed'], []]);
  });
});

describe('cancellation', () => {
  it('ends the wait for a permit and the request', async () => {
    const controller = new AbortController();
    const server = await servers.start(() => ({ hang: true }));
    const { connectors, journal } = harness(server.origin);
    const first = failureOf(
      connectors.okta(
        'users:read_detail',
        { userId: USER },
        context({ signal: controller.signal }),
      ),
    );
    const second = failureOf(
      connectors.okta(
        'users:read_detail',
        { userId: USER },
        context({ signal: controller.signal }),
      ),
    );
    await expect.poll(() => server.seen.length).toBe(1);
    controller.abort();
    expect([
      ((await first) as ConnectorError).code,
      ((await second) as ConnectorError).code,
    ]).toEqual(['cancelled', 'cancelled']);
    expect([server.seen.length, journal.kinds]).toEqual([1, ['action.failed', 'action.failed']]);
  });
});
