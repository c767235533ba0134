import { expect, it } from 'vitest';
import { completeId, resolveRun } from '../../../../src/cli/kit/references.ts';
import { findRun } from '../../../../src/cli/report/find-run.ts';
import type { RunRecord } from '../../../../src/store/run-types.ts';

const IDS = ['01a20258-9b91-7e59', '01a20258-9c02-7e59', '88166a0e'];

const store = {
  references: {
    startingWith: async (_: string, beginning: string, limit: number) =>
      IDS.filter((id) => id.startsWith(beginning)).slice(0, limit),
  },
  runs: {
    find: async (reference: string) =>
      reference === 'latest' ? ({ run: IDS[0] } as RunRecord) : null,
    get: async (run: string) => ({ run }) as RunRecord,
    list: async () => IDS.map((run) => ({ run }) as RunRecord),
  },
} as unknown as Parameters<typeof findRun>[0];

it.each([
  ['01a20258-9b', '01a20258-9b91-7e59'],
  ['8816', '88166a0e'],
  ['881', null],
  ['ffff', null],
  ['01%2', null],
])('%s completes to %s', async (beginning, id) => {
  expect(await completeId(store, 'run', beginning)).toBe(id);
});

it('names all that an ambiguous beginning may mean', async () => {
  await expect(completeId(store, 'run', '01a2')).rejects.toMatchObject({
    code: 'ambiguous',
    exit: 2,
    message: expect.stringContaining('01a20258-9b91-7e59, 01a20258-9c02-7e59'),
  });
});

it('finds a run by latest and by the beginning of its id', async () => {
  expect(await resolveRun(store, 'latest')).toBe(IDS[0]);
  expect((await findRun(store, '8816')).run).toBe('88166a0e');
});

it.each([
  ['lastest', /Did you mean latest\?/],
  ['88166a0f', /Did you mean 88166a0e\?/],
  ['nothing like it', /The newest runs are 01a20258-9b91-7e59, /],
])('names the nearest run for %s', async (reference, remedy) => {
  await expect(findRun(store, reference)).rejects.toMatchObject({
    code: 'no_such_run',
    message: `There is no run ${reference}.`,
    remedy: expect.stringMatching(remedy),
  });
});
