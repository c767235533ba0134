import { describe, expect, it } from 'vitest';
import { nextCursor } from '../../../../src/connectors/okta/next-link.ts';

const origin = 'https://example.okta.com';
const path = '/api/v1/users';
const read = (link: string | null, after: string | null = null) =>
  nextCursor(new Headers(link === null ? {} : { link }), { origin, path, after });
const next = (url: string): string => `<${url}>; rel="next"`;

describe('the next link', () => {
  it.each([
    ['none', null, null],
    ['only the page itself', `<${origin}${path}?limit=2>; rel="self"`, null],
    [
      'the usual form',
      `<${origin}${path}?limit=2>; rel="self", ${next(`${origin}${path}?after=c1&limit=2`)}`,
      'c1',
    ],
    ['next first', `${next(`${origin}${path}?after=c1`)}, <${origin}${path}>; rel="self"`, 'c1'],
    ['several relations', `<${origin}${path}?after=c1>; rel="last next"`, 'c1'],
    ['no quotes', `<${origin}${path}?after=c1>; rel=next`, 'c1'],
    ['upper case', `<${origin}${path}?after=c1>; REL="Next"`, 'c1'],
    [
      'other parameters containing commas',
      `<${origin}${path}?after=c1>; title="a, b"; rel="next"`,
      'c1',
    ],
    ['an encoded cursor', next(`${origin}${path}?after=a%2Bb%3D%3D`), 'a+b=='],
    ['a relative address', next(`${path}?after=c1`), 'c1'],
    [
      'the same link twice',
      `${next(`${origin}${path}?after=c1`)}, ${next(`${origin}${path}?after=c1`)}`,
      'c1',
    ],
    ['a relation called prev-next', `<${origin}${path}?after=c1>; rel="prev-next"`, null],
  ])('with %s', (_what, link, cursor) => {
    expect(read(link)).toBe(cursor);
  });

  it.each([
    ['another host', next('https://evil.example/api/v1/users?after=c1')],
    ['another scheme', next('http://example.okta.com/api/v1/users?after=c1')],
    ['another port', next('https://example.okta.com:8443/api/v1/users?after=c1')],
    [
      'a user name before the host',
      next('https://example.okta.com@evil.example/api/v1/users?after=c1'),
    ],
    ['another path', next(`${origin}/api/v1/groups?after=c1`)],
    ['a path with dot segments', next(`${origin}${path}/../groups?after=c1`)],
    ['no cursor', next(`${origin}${path}?limit=2`)],
    ['an empty cursor', next(`${origin}${path}?after=`)],
    ['no address', next('https://')],
    [
      'two different links',
      `${next(`${origin}${path}?after=c1`)}, ${next(`${origin}${path}?after=c2`)}`,
    ],
  ])('to %s is refused', (_what, link) => {
    expect(() => read(link)).toThrow(TypeError);
  });

  it('is refused if it leads to its own page, because it would never end', () => {
    expect(() => read(next(`${origin}${path}?after=c1`), 'c1')).toThrow(TypeError);
  });
});
