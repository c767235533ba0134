import { expect, it } from 'vitest';
import { isOpaque, shortIds } from '../../../../src/cli/kit/ids.ts';
import { whenText } from '../../../../src/cli/kit/when.ts';
import { screen } from '../support/screens.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');

it.each([
  ['2026-11-22T11:59:30.000Z', 'just now'],
  ['2026-11-22T11:55:00.000Z', '5 min ago'],
  ['2026-11-22T09:01:00.000Z', '2 h ago'],
  ['2026-11-20T08:00:00.000Z', '2 d ago'],
  ['2026-10-01T08:00:00.000Z', '2026-10-01'],
  ['2026-11-22T12:00:20.000Z', 'in under 1 min'],
  ['2026-11-22T14:30:00.000Z', 'in 2 h'],
  [null, '–'],
])('%s is %s at a terminal, and exact elsewhere', (iso, text) => {
  expect(whenText(iso, screen(80), NOW)).toBe(text);
  expect(whenText(iso, screen(), NOW)).toBe(
    iso === null ? '–' : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`,
  );
});

it('shortens ids to beginnings that are unique in the list, at a terminal only', () => {
  const ids = [
    '01a20258-9b91-7e59-879d-e50bbd6929e2',
    '01a20258-9c02-7e59-879d-e50bbd6929e2',
    '88166a0e21f329f8cc8821a45cad76bd',
  ];
  const short = ids.map(shortIds(ids, screen(80)));
  expect(new Set(short).size).toBe(3);
  expect(short).toEqual(['01a20258-9b', '01a20258-9c', '88166a0e21f']);
  expect(ids.map(shortIds(ids, screen()))).toEqual(ids);
  expect(shortIds(ids, screen(80))('mfa-enforcement-check/2026')).toBe(
    'mfa-enforcement-check/2026',
  );
  expect(isOpaque('latest')).toBe(false);
});
