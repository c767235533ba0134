import { expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema/schema.ts';
import type { ServerPolicies } from '../../../src/server/types.ts';
import { draftOf } from '../../support/audit.ts';
import { bundleOf, REPO } from '../../support/policies.ts';
import { describeOnStores } from '../../support/stores.ts';
import { fits } from './openapi.ts';
import { serveApi } from './serve-api.ts';

const shipped = bundleOf('policies/*.yaml');
const policies: ServerPolicies = {
  config: configSchema.parse({ version: 1 }),
  baseDir: REPO,
  bundle: () => shipped,
};
const BROKEN: ServerPolicies = {
  ...policies,
  bundle: () => ({ ok: false, reason: 'unknown key (a.yaml:3)', digest: null }),
};

describeOnStores('the API of policies', ({ fresh }) => {
  it('shows the policies, and since when the worker has them in force', async () => {
    const store = await fresh();
    const at = (minute: number) => `2026-11-20T08:0${minute}:00.000Z`;
    const load = (minute: number, digest: string | null) =>
      draftOf({
        run: `worker-${minute}`,
        subject: 'policies',
        kind: digest === null ? 'policy.rejected' : 'policy.loaded',
        at: at(minute),
        outcome: { digest },
      });
    for (const [n, digest] of ['old', 'new', 'new'].entries())
      await store.journal.append([load(n, digest)]);
    await using api = await serveApi(store, { policies });
    const [status, now] = await api.get('/v1/policies', { as: 'reports' });
    expect([status, fits('Policies', now)]).toEqual([200, []]);
    expect(now).toMatchObject({
      ok: true,
      digest: shipped.digest,
      inForce: { digest: 'new', since: at(1) },
      refusedAt: null,
    });
    expect((now['items'] as unknown[]).length).toBe(shipped.policies.length);
    await store.journal.append([load(5, null)]);
    await using broken = await serveApi(store, { policies: BROKEN });
    const [, then] = await broken.get('/v1/policies');
    expect([fits('Policies', then), then]).toMatchObject([
      [],
      { ok: false, reason: 'unknown key (a.yaml:3)', refusedAt: at(5), inForce: { digest: 'new' } },
    ]);
    const answer = await broken.get('/v1/policies/matrix');
    expect(answer).toMatchObject([409, { code: 'policies_invalid' }]);
  });

  it('gives the matrix, the findings, and the reasons of one decision', async () => {
    await using api = await serveApi(await fresh(), { policies });
    const [, matrix] = await api.get('/v1/policies/matrix?connector=okta');
    expect(fits('PolicyMatrix', matrix)).toEqual([]);
    const { principals, items } = matrix as {
      principals: { example: string }[];
      items: { operation: string; decisions: { effect: string; code: string; risk: string }[] }[];
    };
    const [, lint] = await api.get('/v1/policies/lint');
    expect([fits('PolicyLint', lint), lint]).toMatchObject([[], { bundleDigest: shipped.digest }]);
    const suspend = items.find(({ operation }) => operation === 'users:suspend');
    expect(principals.length).toBe(suspend?.decisions.length);
    for (const [n, { example }] of principals.entries()) {
      const body = { operation: 'users:suspend', as: example };
      const [, decision] = await api.get('/v1/policies/explain', { body });
      expect(fits('Decision', decision)).toEqual([]);
      expect(decision).toMatchObject(suspend!.decisions[n]!);
    }
  });

  it('checks the question, and never repeats what was sent', async () => {
    await using api = await serveApi(await fresh(), { policies });
    const explain = (body: unknown) => api.get('/v1/policies/explain', { body });
    const operation = 'users:suspend';
    const args = { userId: '../secret' };
    const [status, problem] = await explain({ operation, args });
    expect([status, problem]).toMatchObject([400, { where: { path: 'args.userId' } }]);
    expect(JSON.stringify(problem)).not.toContain('secret');
    for (const body of [{}, { operation, who: 'x' }, { operation, facts: { shoe_size: 4 } }])
      expect(await explain(body)).toMatchObject([400, { schema: 'arx.error/v1' }]);
    expect((await api.send('/v1/policies/matrix?connector=ldap')).status).toBe(400);
  });
});
