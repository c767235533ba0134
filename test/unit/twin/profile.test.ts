import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assess } from '../../../src/twin/assess.ts';
import { prepareContext } from '../../../src/twin/context.ts';
import { codeSpan, table } from '../../../src/twin/markdown.ts';
import { MAX_ROWS, postureProfile } from '../../../src/twin/profile.ts';
import { ageText, profileMarkdown } from '../../../src/twin/profile-markdown.ts';
import type { Twin } from '../../../src/twin/types.ts';
import { app, daysAgo, factors, streams, twin, user } from '../../support/twin-orgs.ts';
import { assertProperty } from '../../support/properties.ts';

const profileOf = (whole: Twin) => {
  const { tally, gaps, drift, timeline } = assess(whole);
  const { users, apps } = whole;
  return postureProfile(
    { tally, gaps, users, apps, drift, timeline: [timeline] },
    prepareContext(whole),
  );
};
const markdownOf = (whole: Twin): string => profileMarkdown(profileOf(whole));

const ORG = twin({
  users: [
    user('00u1', { factors: [], roles: [{ role: 'SUPER_ADMIN', via: '00gstaff' }] }),
    user('00u2', { factors: factors('sms') }),
    user('00u3'),
  ],
  apps: [app('0oa1'), app('0oa2', { label: 'Old portal', signOnMode: 'BASIC_AUTH', users: null })],
  streams: streams({ logs: 'denied' }),
});

describe('the profile', () => {
  it('contains figures, gaps by severity, reasons for privileges, the inventory and the streams', () => {
    const text = markdownOf(ORG);
    for (const line of [
      '# Identity posture of `acme.okta.com`',
      '**Not complete: logs.**',
      '| MFA coverage | 66% (2 of 3 ACTIVE users whose state is known; 0 unknown) |',
      '| Privileged users | 1, of which 1 are super administrators |',
      '| SSO apps | 2: 1 federated, 1 password-based, 0 other |',
      '| logs | denied | 1 | 2026-06-01 08:00 UTC | under a minute | never | `planted` |',
      '### Critical: 1',
      '| Administrator without MFA | `00u1@example.com` |',
      '| `00u1@example.com` | `ACTIVE` | none | `SUPER_ADMIN through group Staff` |',
      '| `Old portal` | `BASIC_AUTH` | password | unknown | 0 |',
      '| 2026-06-01 08:00 UTC | 66% | 1 | 2 | 1 | 0 | 1 | 1 | logs |',
    ])
      expect(text).toContain(line);
    expect(text.indexOf('### Critical')).toBeLessThan(text.indexOf('### Medium'));
  });

  it('contains the number of omitted items', () => {
    const many = Array.from({ length: MAX_ROWS + 7 }, (_, place) =>
      user(`00u${place}`, { factors: [] }),
    );
    expect(markdownOf(twin({ users: many }))).toContain('… and 7 more.');
  });

  it('describes an organisation that was never read', () => {
    const never = profileOf(twin({ streams: [] }));
    expect(never.streams.map(({ state, reason, ageMs }) => [state, reason, ageMs])).toEqual(
      Array.from({ length: 4 }, () => ['partial', 'never read', null]),
    );
    expect(profileMarkdown(never)).toContain('| MFA coverage | n/a');
  });

  it('contains the age of a stream', () => {
    const old = profileOf({ ...ORG, streams: [{ ...streams()[0]!, at: daysAgo(3) }] });
    expect(ageText(old.streams[0]?.ageMs ?? null)).toBe('3 d');
    expect([null, 0, 61_000, 7_200_000].map(ageText)).toEqual([
      '–',
      'under a minute',
      '1 min',
      '2 h',
    ]);
  });
});

describe('names in Markdown', () => {
  const HOSTILE = [
    ['a `code` | [x](javascript:alert(1))', '`` a `code` ¦ [x](javascript:alert(1)) ``'],
    ['<img src=x onerror=alert(1)>', '`<img src=x onerror=alert(1)>`'],
    ['two\nlines\r\n# heading', '`two lines # heading`'],
    ['@everyone \u202egnp.exe', '`@everyone  gnp.exe`'],
    ['``', '``` `` ```'],
    [' \u0007 ', '–'],
  ] as const;

  it.each(HOSTILE)('%j is a code span', (hostile, encoded) => {
    expect(codeSpan(hostile)).toBe(encoded);
  });

  it('never break their table or leave their code span', () => {
    assertProperty(
      fc.property(fc.string({ unit: 'binary' }), (hostile) => {
        const cell = codeSpan(hostile);
        expect(table(['a', 'b'], [[cell, 'x']]).split('\n')).toHaveLength(3);
        expect(cell).not.toContain('|');
        const [, fence = '', inner = ''] = /^(`+)([\s\S]*?)\1$/.exec(cell) ?? [];
        if (cell !== '–')
          expect(inner.match(/`+/g)?.map((run) => run.length) ?? []).not.toContain(fence.length);
        if (cell !== '–') expect(fence).not.toBe('');
      }),
      { numRuns: 200 },
    );
  });

  it('are encoded everywhere in the profile', () => {
    const evil = '<b>|`@all`\n# x';
    const whole = twin({
      org: evil,
      run: evil,
      users: [
        user('00u1', {
          login: evil,
          status: 'ACTIVE',
          factors: factors(evil),
          roles: [{ role: evil, via: evil }],
        }),
      ],
      apps: [app('0oa1', { label: evil, signOnMode: evil })],
      streams: [{ name: 'logs', state: 'denied', count: 0, at: null, reason: evil }],
    });
    const outside = markdownOf(whole).replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
    expect(outside).not.toContain('<b>');
    expect(outside).not.toContain('@all');
    expect(outside).not.toContain('# x');
  });
});
