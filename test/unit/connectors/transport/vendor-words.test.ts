import { expect, it } from 'vitest';
import { cleanWords } from '../../../../src/connectors/transport/vendor-words.ts';

it('joins what a vendor said into one line', () => {
  expect(cleanWords(['Field  required.\n', 'Try again'])).toBe('Field required.; Try again');
});

it.each([
  ['an access token', 'token xoxb-12345-abcdefgh refused'],
  ['a bearer header', 'Authorization: Bearer abc.def'],
  ['a long opaque string', `key ${'A1b2'.repeat(12)} refused`],
  ['an e-mail address', 'assignee ann.lee@example.com refused'],
  ['a telephone number', 'sent to +1 555 7391 0426'],
  ['a seed', 'seed JBSWY3DPEHPK3PXP7 refused'],
  ['a JSON web token', 'eyJhbGciOi.eyJzdWIiOiI x'],
])('removes %s', (_, text) => {
  const words = cleanWords([text]);
  expect(words).toContain('[removed]');
  expect(words).not.toMatch(/xoxb|abc\.def|A1b2A1b2|eyJ|@|7391|JBSWY/u);
});

it('keeps the ids of fields', () => {
  expect(cleanWords(['customfield_10202: Cost centre is required.'])).toBe(
    'customfield_10202: Cost centre is required.',
  );
});

it('removes markup and invisible characters', () => {
  expect(cleanWords(['<a href="x">Click</a> \u202enow\u0000'])).toBe('Click now');
});

it('is null if nothing was said', () => {
  expect(cleanWords([undefined, 5, ' \n '])).toBeNull();
});

it('cuts long words', () => {
  const words = cleanWords(['word '.repeat(200)]);
  expect([...`${words}`].length).toBe(300);
});
