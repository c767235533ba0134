import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIndicator } from '../../../src/enrichment/indicator.ts';
import { hitsOf, matchOf, matchSteps } from '../../../src/enrichment/match.ts';
import type { Matchable } from '../../../src/enrichment/match.ts';
import type { Indicator } from '../../../src/enrichment/types.ts';
import { assertProperty } from '../../support/properties.ts';

/** Matches against a vendor that returns its whole directory for every query. */
function find(directory: readonly Matchable[], indicator: Indicator) {
  for (const step of matchSteps(indicator)) {
    const hits = hitsOf(step, indicator, directory);
    if (hits.length > 0) return matchOf(hits);
  }
  return matchOf<Matchable>([]);
}
const indicatorOf = (given: string): Indicator => {
  const read = readIndicator(given);
  if (!read.ok) throw new Error(read.problem);
  return read.indicator;
};
const user = (id: string, login: string, email: string | null = login): Matchable => ({
  id,
  login,
  email,
});

const ANN = user('00uAnnAnnAnnAnnAnnAn', 'ann@example.com', 'ann.lee@example.com');
const BOB = user('00uBobBobBobBobBobBo', 'Bob@Example.com');
const OTHER_BOB = user('00uOtherBobOtherBobO', 'bob@other.example');

describe('matching', () => {
  it('tries the login, then the e-mail address, then the short name, then the id', () => {
    const directory = [ANN, BOB];
    expect(find(directory, indicatorOf('ANN@example.com'))).toEqual({ kind: 'one', user: ANN });
    expect(find(directory, indicatorOf('ann.lee@example.com'))).toEqual({ kind: 'one', user: ANN });
    expect(find(directory, indicatorOf('CORP\\bob'))).toEqual({ kind: 'one', user: BOB });
    expect(find(directory, indicatorOf(ANN.id))).toEqual({ kind: 'one', user: ANN });
    expect(find(directory, indicatorOf(ANN.id.toLowerCase()))).toEqual({ kind: 'none' });
  });

  it('prefers a login to the e-mail address of another user', () => {
    const thief = user('00uThiefThiefThiefTh', 'thief@example.com', 'ann@example.com');
    expect(find([thief, ANN], indicatorOf('ann@example.com'))).toEqual({ kind: 'one', user: ANN });
  });

  it('returns every user whom a short name may mean', () => {
    const candidates = [BOB, OTHER_BOB].map(({ id, login }) => ({ id, login }));
    expect(find([OTHER_BOB, BOB], indicatorOf('bob'))).toEqual({ kind: 'several', candidates });
  });

  it('counts a user listed on two pages once', () => {
    expect(find([BOB, BOB], indicatorOf('bob'))).toEqual({ kind: 'one', user: BOB });
  });
});

const letter = fc.constantFrom('a', 'b', 'B', '.');
const short = fc
  .array(letter, { minLength: 1, maxLength: 4 })
  .map((letters) => letters.join(''))
  .filter((name) => readIndicator(name).ok);
const domain = fc.constantFrom('example.com', 'EXAMPLE.com', 'other.example');
const person = fc.record({
  login: fc.oneof(
    short,
    fc.tuple(short, domain).map((parts) => parts.join('@')),
  ),
  email: fc.option(fc.tuple(short, domain).map((parts) => parts.join('@'))),
});
const directories = fc
  .array(person, { maxLength: 12 })
  .map((people) =>
    people.map(({ login, email }, at) =>
      user(`00u${'x'.repeat(15)}${String(at).padStart(2, '0')}`, login, email),
    ),
  );
const asked = fc.oneof(
  short,
  fc.tuple(short, domain).map((parts) => parts.join('@')),
);

describe('over generated directories', () => {
  it('never finds a user by a prefix of a name, and never returns one of several', () => {
    assertProperty(
      fc.property(directories, asked, (directory, given) => {
        const name = given.toLowerCase();
        const fields = ({ login, email }: Matchable) =>
          given.includes('@') ? [login, email ?? ''] : [login, login.split('@')[0] ?? ''];
        const equal = directory.filter((one) =>
          fields(one).some((field) => field.toLowerCase() === name),
        );
        const match = find(directory, indicatorOf(given));
        if (match.kind === 'none') expect(equal).toEqual([]);
        if (match.kind === 'one') expect(equal).toContainEqual(match.user);
        if (match.kind === 'several') {
          expect(match.candidates.length).toBeGreaterThan(1);
          const ids = equal.map(({ id }) => id);
          for (const { id } of match.candidates) expect(ids).toContain(id);
        }
        const byLogin = directory.filter(({ login }) => login.toLowerCase() === name);
        if (match.kind === 'one' && given.includes('@') && byLogin.length > 0)
          expect(byLogin).toEqual([match.user]);
        if (match.kind === 'one' && !given.includes('@')) expect(equal).toEqual([match.user]);
      }),
      { numRuns: 2_000 },
    );
  });
});
