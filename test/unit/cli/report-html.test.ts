import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { reportHtml } from '../../../src/cli/report/html.ts';
import { countsOf, documentOf, HOSTILE, userOf } from './support/samples.ts';

const textOf = (page: string): string =>
  page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the HTML report', () => {
  it('states every figure of the run', () => {
    const text = textOf(reportHtml(documentOf()));
    for (const figure of [
      '25.0 % to 50.0 %',
      '1 compliant of 4 measured',
      '▲ 5.0 points',
      'SEC-1',
      'ada@example.com',
    ])
      expect(text).toContain(figure);
    expect(text).toContain('Okta 9, Jira 4, Slack 1; 2 throttled (429)');
    expect(text).toContain('ab'.repeat(32));
    expect(text).toContain('1 administrator not covered');
  });

  it('names what it cannot know, and the approve-only push', () => {
    const text = textOf(reportHtml(documentOf()));
    expect(text).toMatch(
      /only what the enrolment policy allows from the caller's own network zone|network zone/,
    );
    expect(text).toContain('3 users rely on push alone');
  });

  it('allows nothing but its own style sheet', () => {
    const page = reportHtml(documentOf());
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(`default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;`);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\sstyle=|\son[a-z]+=|javascript:/i);
  });

  it('takes hostile names as text in every place where a name stands', () => {
    const name = HOSTILE.html;
    const breakdown = { name, counts: countsOf({ none: 1 }), coverage: { low: 0, high: 0 } };
    const page = reportHtml(
      documentOf({
        org: name,
        reasons: [name],
        byFactor: { [name]: 1 },
        departments: [breakdown],
        groups: [breakdown],
        administrators: breakdown,
        scope: { statuses: [name], groups: [{ id: 'g', name }] },
        exemptions: { live: 0, expired: [{ subject: name, owner: name, until: name }] },
        tickets: { ...documentOf().tickets, keys: [name] },
        users: [
          userOf({
            login: name,
            department: name,
            reason: name,
            ticket: name,
            administrator: true,
          }),
        ],
      }),
    );
    expect(page).not.toContain('<img');
    expect(page.split('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;').length).toBeGreaterThan(
      10,
    );
  });

  it('shows no escape codes and no marks that reorder text', () => {
    const page = reportHtml(
      documentOf({ users: [userOf({ login: HOSTILE.ansi }), userOf({ login: HOSTILE.bidi })] }),
    );
    expect(page).not.toContain('\u001b');
    expect(page).not.toContain('\u202e');
  });

  it('links to https addresses only', () => {
    const tickets = { ...documentOf().tickets, url: 'javascript:alert(1)' };
    expect(reportHtml(documentOf({ tickets }))).not.toContain('javascript:');
    expect(reportHtml(documentOf())).toContain('href="https://example.atlassian.net/browse/SEC-1"');
  });

  it.each([
    ['incomplete', 'INCOMPLETE run'],
    ['failed', 'FAILED run'],
    ['running', 'Run in progress'],
  ] as const)('says at once that a run is %s', (status, heading) => {
    const page = reportHtml(documentOf({ status, reasons: ['the listing was lost'] }));
    expect(page).toMatch(new RegExp(`role="alert"><h2>${heading}`));
    expect(page).toContain('<li>the listing was lost</li>');
  });

  it('works for a run of nobody', () => {
    const page = reportHtml(
      documentOf({
        counts: countsOf({}),
        coverage: { low: null, high: null },
        users: [],
        administrators: null,
        departments: [],
      }),
    );
    expect(textOf(page)).toContain('n/a');
    expect(page).not.toMatch(/NaN|Infinity|undefined|null/);
  });
});
