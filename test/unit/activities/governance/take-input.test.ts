import { describe, expect, it } from 'vitest';
import { takeInput } from '../../../../src/activities/governance/take-input.ts';
import type { JsonObject } from '../../../../src/audit/types.ts';
import { bindInput, INPUT_VALID_MS } from '../../../../src/governance/stored-input.ts';
import { inActivity } from '../../../support/mfa-parts.ts';

const MADE = Date.parse('2026-03-02T08:00:00.000Z');
// The workflow id of an activity under test.
const WORKFLOW = 'test';

const draft = {
  operation: 'okta:users:suspend',
  as: 'user:ann@example.com',
  authenticatedBy: 'key',
};
const madeFor = (workflowId = WORKFLOW): JsonObject =>
  bindInput(draft, { workflowId, madeAt: MADE });

function parts(content: JsonObject | null) {
  const used = new Map<string, string>();
  const codes: unknown[] = [];
  const deps: Parameters<typeof takeInput>[0] = {
    store: {
      snapshots: { get: async () => content, put: async () => 'ref' },
      inputs: {
        use: async (inputs, { requestId }) => {
          for (const input of inputs) if (!used.has(input)) used.set(input, requestId);
          return inputs.every((input) => used.get(input) === requestId);
        },
      },
      journal: {
        append: async (drafts) => {
          codes.push(...drafts.map(({ outcome }) => outcome?.['code']));
          return [];
        },
      },
    },
  };
  const take = (over: Partial<Parameters<typeof takeInput>[1]> = {}) =>
    inActivity(() =>
      takeInput(deps, {
        requestId: 'r1',
        run: 'run-1',
        input: { inputRef: 'ref' },
        now: MADE + 1,
        startedAt: MADE + 1,
        ...over,
      }),
    );
  return { take, codes };
}

describe('a stored input', () => {
  it('is used by the workflow for which it was made, also by a retry of the activity', async () => {
    const { take } = parts(madeFor());
    expect(await take()).toMatchObject(draft);
    expect(await take()).toMatchObject(draft);
  });

  it('is not used by another request, nor a run for two requests', async () => {
    const { take, codes } = parts(madeFor());
    await take();
    await expect(take({ requestId: 'r2', run: 'run-2' })).rejects.toMatchObject({
      type: 'input_used',
    });
    await expect(take({ requestId: 'r3' })).rejects.toMatchObject({
      type: 'input_used',
      nonRetryable: true,
    });
    const typed = { requestId: 'r4', input: { operation: 'users:suspend' } };
    await expect(take(typed)).rejects.toMatchObject({ type: 'input_used' });
    expect(codes).toEqual(['input_used', 'input_used', 'input_used']);
  });

  it('is refused to another workflow, and where it names none', async () => {
    await expect(parts(madeFor('other')).take()).rejects.toMatchObject({ type: 'input_elsewhere' });
    await expect(parts(draft).take()).rejects.toMatchObject({ type: 'input_elsewhere' });
  });

  it('expires by the start of the workflow, not by when a worker ran it', async () => {
    const { take, codes } = parts(madeFor());
    const late = { now: MADE + 10 * INPUT_VALID_MS };
    expect(await take({ ...late, startedAt: MADE + INPUT_VALID_MS })).toMatchObject(draft);
    const expired = parts(madeFor()).take({ ...late, startedAt: MADE + INPUT_VALID_MS + 1 });
    await expect(expired).rejects.toMatchObject({ type: 'input_expired' });
    expect(codes).toEqual([]);
  });
});
