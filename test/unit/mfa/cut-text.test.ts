import { expect, it } from 'vitest';
import { cutText } from '../../../src/mfa/cut-text.ts';

const FAMILY = '👩‍👩‍👧‍👦';

it('keeps a text that fits', () => {
  expect(cutText('Ärzte', 5)).toBe('Ärzte');
});

it.each([
  ['an emoji', `${'d'.repeat(59)}😀`],
  ['a family of several code points', `${'d'.repeat(55)}${FAMILY}`],
  ['a letter with a combining accent', `${'d'.repeat(59)}e\u0301`],
  ['a flag', `${'d'.repeat(58)}🇫🇷`],
])('does not cut through %s', (_, text) => {
  const cut = cutText(`${text} and more`, 60);
  expect(cut).toMatch(/^d+…$/u);
  expect(cut.isWellFormed()).toBe(true);
});

it('replaces half of a surrogate pair, which the audit trail and the vendors refuse', () => {
  expect(cutText('a\ud83d', 60)).toBe('a\ufffd');
});

it('never exceeds the limit', () => {
  for (const limit of [1, 2, 10, 60])
    expect(cutText(FAMILY.repeat(20), limit).length).toBeLessThanOrEqual(limit);
});
