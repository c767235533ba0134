import { expect, it } from 'vitest';
import { check } from 'prettier';
import type { Conditions } from '../../../bench/support/conditions.ts';
import { resultText } from '../../../bench/support/report.ts';

const CONDITIONS: Conditions = {
  node: '24.0.0',
  cores: 4,
  cpu: 'a processor',
  load: 0.5,
  commit: 'abc1234',
  at: '2026-01-01T00:00:00.000Z',
  command: 'npm run bench -- some',
};

it('shows a result as the page that the repository keeps', async () => {
  const text = await resultText(
    {
      name: 'some',
      about: 'What was measured.',
      tables: [
        {
          title: 'Side by side',
          columns: ['contestant', 'wall, s', 'note'],
          rows: [
            ['a | b', 12_345.678, null],
            ['c', null, 'five windows'],
          ],
        },
      ],
      goals: [
        { goal: 'fast', met: true },
        { goal: 'small', met: false },
      ],
    },
    CONDITIONS,
  );
  expect(text).toBe(`# some

What was measured.

Node 24.0.0, 4 cores (a processor), load 0.5 at the start, commit abc1234; \`npm run bench -- some\` wrote this.

## Side by side

| contestant |  wall, s | note         |
| ---------- | -------: | ------------ |
| a \\| b     | 12,345.7 |              |
| c          |          | five windows |

## Goals

- met: fast
- MISSED: small
`);
  await expect(check(text, { parser: 'markdown' })).resolves.toBe(true);
});
