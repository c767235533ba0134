import { expect, it } from 'vitest';
import type { TestCase } from 'vitest/node';
import { notRunText } from '../support/not-run-reporter.ts';

const skipped = (file: string, fullName: string, note?: string) =>
  ({
    fullName,
    module: { relativeModuleId: file },
    result: () => ({ state: 'skipped', note }),
  }) as TestCase;

it('tests that cannot run here are named, counted and explained in the last line, by what is missing', () => {
  const tests = [
    skipped('b.test.ts', 'suite > second', 'the data is missing.'),
    skipped('a.test.ts', 'first', 'the data is missing.'),
    skipped('c.test.ts', 'left out by a filter'),
    skipped('d.test.ts', 'with Go', 'there is no Go.'),
  ];
  expect(notRunText(tests).split('\n')).toEqual([
    'Not run:',
    '  a.test.ts > first',
    '  b.test.ts > suite > second',
    '2 tests were not run: the data is missing.',
    '',
    'Not run:',
    '  d.test.ts > with Go',
    '1 test was not run: there is no Go.',
  ]);
});

it('nothing is printed where every test ran', () => {
  expect(notRunText([skipped('c.test.ts', 'left out by a filter')])).toBe('');
});
