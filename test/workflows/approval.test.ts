import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createGovernedActivities } from '../../src/activities/governance/create.ts';
import { readEnv } from '../../src/config/env/env.ts';
import { requireOkta } from '../../src/config/env/okta-env.ts';
import { loadPolicies } from '../../src/config/policies/policies.ts';
import { createConnectors } from '../../src/connectors/create.ts';
import { CATALOGUE } from '../../src/governance/catalogue.ts';
import { decisionKey, signDecision } from '../../src/governance/decision-token.ts';
import { bundleDigest } from '../../src/governance/digest.ts';
import type { PolicyBundle } from '../../src/governance/types.ts';
import { openStore } from '../../src/store/open.ts';
import type { ActionRecord } from '../../src/store/governance-types.ts';
import type { Store } from '../../src/store/types.ts';
import { approvalId, decideUpdate, GOVERNED_WORKFLOW } from '../../src/workflows/messages.ts';
import type { DecisionAnswer, GovernedOperationResult } from '../../src/workflows/messages.ts';
import { startEmulatorProcess } from '../support/emulators.ts';
import type { EmulatorProcess } from '../support/emulators.ts';
import { borrowPglite } from '../support/pglite.ts';
import { timeSkipping } from '../support/temporal.ts';
import { assertProperty } from '../support/properties.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const HOUR = 3_600_000;
const GRACE = 60_000;
const key = decisionKey('7b'.repeat(32));

describe('an approval, on a server whose time is skipped', () => {
  let env: TestWorkflowEnvironment;
  let emulators: EmulatorProcess;
  let store: Store;
  let bundle: PolicyBundle;
  let databaseUrl = '';
  const closing: (() => Promise<unknown>)[] = [];
  const ids: Record<string, string> = {};
  let serial = 0;

  beforeAll(async () => {
    env = await timeSkipping();
    const database = await borrowPglite();
    databaseUrl = database.databaseUrl;
    emulators = await startEmulatorProcess({ profile: 'empty', rateLimit: 0 });
    store = await openStore({ databaseUrl: database.databaseUrl });
    await store.migrate();
    bundle = loadPolicies({
      patterns: ['policies/*.yaml'],
      baseDir: ROOT,
      catalogue: CATALOGUE,
      digest: bundleDigest,
    });
    const { publicKey, kid } = key;
    await store.keys.addSigningKey({
      kid,
      publicKey,
      createdAt: '2026-01-01T00:00:00.000Z',
      revokedAt: null,
    });
    const people = ['ann', 'bob', 'cyd', 'requester', 'stranger'].map((name) => ({
      login: `${name}@example.com`,
      groups: name === 'stranger' ? [] : ['Approvers'],
    }));
    for (const { id, login } of await emulators.addUsers(people))
      ids[login.split('@')[0] ?? ''] = id;
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: 'approvals',
      workflowsPath: join(ROOT, 'src/workflows/index.ts'),
      activities: createGovernedActivities(deps()),
    });
    const running = worker.run();
    closing.push(
      async () => (worker.shutdown(), running),
      () => store.close(),
      () => emulators.stop(),
      () => database.close(),
      () => env.teardown(),
    );
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });

  function deps() {
    const okta = requireOkta(readEnv({ env: emulators.env, cwd: '/', userHome: '/' }));
    const now = (): Date => new Date();
    return {
      store,
      org: okta.host,
      connectors: createConnectors({
        okta,
        journal: store.journal,
        bundle: () => bundle,
        guardrails: () => ({ riskMax: {} }),
        grants: { useUp: (id, use, tx) => store.grants.useUp(tx, id, use) },
        now,
        quota: { share: 1, reserve: 0, warningThreshold: false },
      }),
      settings: () => ({
        requireSigned: true,
        criticalQuorum: 2,
        defaultApprovers: ['group:Approvers'],
        expiresInMs: HOUR,
        grantValidForMs: HOUR,
        tenureMs: 24 * HOUR,
        protected: [],
      }),
      now,
      random: () => 0,
      flushCalls: async () => {},
    };
  }

  /** A fresh person to act on, and the operation that waits for its approval. */
  async function asked(operation: string) {
    const own = (serial += 1);
    const [target] = await emulators.addUsers([{ login: `target${own}@example.com` }]);
    const workflowId = `op-${own}`;
    const input = {
      operation,
      params: { userId: `${target?.id}` },
      reason: 'test',
      as: 'user:requester@example.com',
    };
    const handle = await env.client.workflow.start(GOVERNED_WORKFLOW, {
      taskQueue: 'approvals',
      workflowId,
      args: [input],
    });
    const request = await vi.waitFor(
      async () => {
        const found = (await store.requests.list({ states: ['pending'], limit: 500 })).find(
          (one) => one.workflowId === workflowId,
        );
        const { status } = await env.client.workflow
          .getHandle(approvalId(`${found?.requestId}`))
          .describe();
        expect(status.name).toBe('RUNNING');
        return found as ActionRecord;
      },
      { timeout: 20_000, interval: 20 },
    );
    return {
      handle,
      request,
      target: `${target?.id}`,
      result: () => handle.result() as Promise<GovernedOperationResult>,
    };
  }
  type Asked = Awaited<ReturnType<typeof asked>>;

  /** Sends a signed decision; `at` is the signed time. */
  async function decide(
    { request, target }: Asked,
    who: string,
    verdict: 'approve' | 'deny',
    at: number,
  ): Promise<DecisionAnswer> {
    const { requestId, argsDigest } = request;
    const person = who === 'target' ? target : `${ids[who]}`;
    const claim = {
      requestId,
      argsDigest,
      verdict,
      decisionId: randomBytes(6).toString('hex'),
      person,
      surface: 'cli',
      authenticatedBy: 'key',
      at,
    } as const;
    const args: [{ verdict: 'approve' | 'deny'; token: string }] = [
      { verdict, token: signDecision(claim, key) },
    ];
    return env.client.workflow
      .getHandle(approvalId(requestId))
      .executeUpdate(decideUpdate, { args });
  }

  const deadlineOf = ({ request }: Asked): number => request.approval?.deadline ?? 0;
  const kindsOf = async ({ request }: Asked): Promise<string[]> =>
    (await store.audit.list({ subject: request.requestId, limit: 200 })).map(
      ({ entry }) => entry.kind,
    );
  const writesTo = async ({ target }: Asked) =>
    (await emulators.log({ vendor: 'okta', write: true })).filter(
      ({ path, accepted }) => accepted && path.includes(target),
    ).length;

  it('silence reminds twice, asks more people, and expires after the deadline and its grace', async () => {
    const one = await asked('users:suspend');
    expect(await one.result()).toMatchObject({ state: 'expired' });
    expect(await env.currentTimeMs()).toBeGreaterThanOrEqual(deadlineOf(one) + GRACE);
    const kinds = (await kindsOf(one)).filter((kind) => /reminded|escalated|closed/.test(kind));
    expect(kinds).toEqual([
      'approval.reminded',
      'approval.escalated',
      'approval.reminded',
      'approval.closed',
    ]);
    expect(await writesTo(one)).toBe(0);
  });

  it('a decision a millisecond before the deadline counts, also when it arrives within the grace', async () => {
    const one = await asked('users:suspend');
    await env.sleep(deadlineOf(one) - (await env.currentTimeMs()) + GRACE / 2);
    expect(await decide(one, 'ann', 'approve', deadlineOf(one))).toMatchObject({
      accepted: false,
      code: 'too_late',
    });
    expect(await decide(one, 'ann', 'approve', deadlineOf(one) - 1)).toMatchObject({
      accepted: true,
      state: 'APPROVED',
    });
    expect(await one.result()).toMatchObject({ state: 'succeeded' });
    expect(await writesTo(one)).toBe(1);
  });

  /**
   * Approvals that are open at the same time, and how often such a crowd is made: 8 × 25
   * interleavings by default.
   */
  const CROWD = 25;
  const CROWDS = Math.ceil(Number(process.env['ARX_INTERLEAVINGS'] ?? 200) / CROWD);
  const move = fc.record({
    who: fc.constantFrom('ann', 'bob', 'cyd', 'requester', 'target', 'stranger'),
    verdict: fc.constantFrom(
      'approve' as const,
      'approve' as const,
      'approve' as const,
      'deny' as const,
    ),
  });
  const life = fc.record({
    operation: fc.constantFrom('users:suspend', 'users:clear_sessions'),
    moves: fc.array(fc.option(move, { freq: 3 }), { minLength: 4, maxLength: 4 }),
  });

  /** What a plain reading of the rules makes of one approval. */
  class Model {
    readonly approved = new Set<string>();
    readonly needed: number;
    end: string | null = null;

    constructor(operation: string) {
      this.needed = operation === 'users:suspend' ? 1 : 2;
    }

    /** Whether the decision counts, and what it makes of the end. */
    decide(who: string, verdict: 'approve' | 'deny', elapsed: number): boolean {
      const able = ['ann', 'bob', 'cyd'].includes(who) && !this.approved.has(who) && elapsed < HOUR;
      if (able && verdict === 'deny') this.end = 'rejected';
      if (able && verdict === 'approve' && this.approved.add(who).size >= this.needed)
        this.end = 'succeeded';
      return able;
    }
  }

  it(
    'ends as a plain model of the rules says, in any order of people and time',
    async () => {
      const crowd = fc.array(life, { minLength: CROWD, maxLength: CROWD });
      const pauses = fc.array(fc.constantFrom(0, 10, 25, 70), { minLength: 4, maxLength: 4 });
      await assertProperty(
        fc.asyncProperty(crowd, pauses, async (lives, minutes) => {
          const all = await Promise.all(
            lives.map(async ({ operation, moves }) => ({
              one: await asked(operation),
              moves,
              model: new Model(operation),
            })),
          );
          let elapsed = 0;
          for (const [round, pause] of minutes.entries()) {
            const now = await env.currentTimeMs();
            await Promise.all(
              all.map(async ({ one, moves, model }) => {
                const next = model.end === null ? moves[round] : null;
                if (!next) return;
                const { accepted } = await decide(one, next.who, next.verdict, now);
                expect(accepted).toBe(model.decide(next.who, next.verdict, elapsed));
              }),
            );
            elapsed += pause * 60_000;
            if (pause > 0) await env.sleep(pause * 60_000);
            for (const { model } of all) if (elapsed >= HOUR + GRACE) model.end ??= 'expired';
          }
          for (const { one, model } of all) {
            expect((await one.result()).state).toBe(model.end ?? 'expired');
            expect(await writesTo(one)).toBe(model.end === 'succeeded' ? 1 : 0);
          }
        }),
        { numRuns: CROWDS, endOnFailure: true },
      );
    },
    60_000 + CROWDS * 30_000,
  );

  it('arguments that somebody changed in the store make it STALE', async () => {
    const one = await asked('users:suspend');
    const other = `${ids['stranger']}`;
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const swap =
      'update requests set request = replace(request::text, $1, $2)::json where request_id = $3';
    await client.query(swap, [
      `"userId":"${one.target}"`,
      `"userId":"${other}"`,
      one.request.requestId,
    ]);
    await client.end();
    await decide(one, 'ann', 'approve', await env.currentTimeMs());
    expect(await one.result()).toMatchObject({ state: 'stale', code: 'arguments_changed' });
    expect(await writesTo({ ...one, target: other })).toBe(0);
    expect(await writesTo(one)).toBe(0);
  });

  it('a policy or an approver that changed before the call makes it STALE', async () => {
    const first = await asked('users:suspend');
    const before = bundle;
    bundle = loadPolicies({
      patterns: ['policies/*.yaml', 'policies/examples/okta-user-lifecycle.yaml'],
      baseDir: ROOT,
      catalogue: CATALOGUE,
      digest: bundleDigest,
    });
    await decide(first, 'ann', 'approve', await env.currentTimeMs());
    expect(await first.result()).toMatchObject({ state: 'stale', code: 'policy_changed' });
    bundle = before;
    const second = await asked('users:clear_sessions');
    await decide(second, 'ann', 'approve', await env.currentTimeMs());
    await emulators.patchUser(`${ids['ann']}`, { status: 'SUSPENDED' });
    await decide(second, 'bob', 'approve', await env.currentTimeMs());
    expect(await second.result()).toMatchObject({ state: 'stale', code: 'approver_changed' });
    expect((await writesTo(first)) + (await writesTo(second))).toBe(0);
    await emulators.patchUser(`${ids['ann']}`, { status: 'ACTIVE' });
  });
});
