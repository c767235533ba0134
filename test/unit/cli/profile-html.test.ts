import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { profileHtml } from '../../../src/cli/twin/profile-html.ts';
import { assess } from '../../../src/twin/assess.ts';
import { prepareContext } from '../../../src/twin/context.ts';
import { postureProfile } from '../../../src/twin/profile.ts';
import type { TimelineEntry, Twin } from '../../../src/twin/types.ts';
import { app, daysAgo, factors, streams, twin, user } from '../../support/twin-orgs.ts';

function pageOf(whole: Twin, before: TimelineEntry[] = []): string {
  const { tally, gaps, drift, timeline } = assess(whole);
  const { users, apps } = whole;
  return profileHtml(
    postureProfile(
      { tally, gaps, users, apps, drift, timeline: [...before, timeline] },
      prepareContext(whole),
    ),
  );
}

const ORG = twin({
  users: [
    user('00u1', { factors: [], roles: [{ role: 'ORG_ADMIN', via: 'direct' }] }),
    user('00u2'),
    user('00u3'),
  ],
  apps: [app('0oa1', { label: 'Old portal', signOnMode: 'BASIC_AUTH' })],
  streams: streams({ logs: 'denied' }),
});

const textOf = (page: string): string =>
  page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the profile as a page', () => {
  it('states its figures, gaps, the why, the inventory and the streams', () => {
    const text = textOf(pageOf(ORG));
    for (const part of [
      ...[
        'MFA coverage 66%',
        'Not complete: logs',
        'critical Administrator without MFA 00u1@example.com',
      ],
      ...[
        'ORG_ADMIN directly',
        'Old portal password BASIC_AUTH 1 0',
        'denied 1 2026-06-01 08:00:00 UTC 0.0 s never planted',
      ],
    ])
      expect(text).toContain(part);
  });

  it('counts everybody in the rows of the strongest factor', () => {
    const page = pageOf(ORG);
    const [, table = ''] = /id="strength"[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(page) ?? [];
    const users = [...table.matchAll(/<td class="num">(\d+)<\/td>/g)].map(([, number]) =>
      Number(number),
    );
    expect(users.reduce((sum, number) => sum + number, 0)).toBe(3);
    expect(textOf(table)).toMatch(
      /No active factor, or unread none enrolled, or not readable 1 No active factor, or unread: 1 of 3 /,
    );
  });

  it('draws coverage over time once there are two syncs', () => {
    expect(pageOf(ORG)).not.toContain('<polyline');
    const { timeline } = assess({ ...ORG, users: [user('00u2')], at: daysAgo(7) });
    const page = pageOf(ORG, [timeline]);
    expect(page).toContain('aria-label="MFA coverage from 100.0 % to 66.6 % over 2 syncs"');
    expect(page).toContain('points="0,0 1000,53.3"');
  });

  it('allows nothing but its own style sheet', () => {
    const page = pageOf(ORG);
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(`default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;`);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\sstyle=|\son[a-z]+=|javascript:/i);
  });

  it('takes hostile names as text in every place where a name stands', () => {
    const evil = '<img src=x onerror=alert(1)>"\'&\u202e\u001b[2J';
    const page = pageOf(
      twin({
        org: evil,
        run: evil,
        at: evil,
        users: [
          user('00u1', { login: evil, factors: factors(evil), roles: [{ role: evil, via: evil }] }),
        ],
        apps: [
          app('0oa1', { label: evil, signOnMode: evil }),
          app('0oa2', { label: evil, signOnMode: 'AUTO_LOGIN' }),
        ],
        streams: streams().map((stream) => ({ ...stream, reason: evil, at: evil })),
      }),
    );
    expect(page).not.toContain('<img');
    expect(page).not.toContain('\u202e');
    expect(page).not.toContain('\u001b');
    expect(page.split('&lt;img src=x onerror=alert(1)&gt;').length).toBeGreaterThan(6);
  });
});
