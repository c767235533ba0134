/// <reference lib="dom" />
import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profileHtml } from '../../src/cli/twin/profile-html.ts';
import { reportHtml } from '../../src/cli/report/html.ts';
import { assess } from '../../src/twin/assess.ts';
import { prepareContext } from '../../src/twin/context.ts';
import { postureProfile } from '../../src/twin/profile.ts';
import { launchChromium } from '../support/chromium.ts';
import { twin, user } from '../support/twin-orgs.ts';
import { documentOf, HOSTILE, userOf } from '../unit/cli/support/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-report-'));

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** Opens a report and notes whatever the browser complains of, or asks the network for. */
async function open(html: string): Promise<{ page: Page; complaints: string[] }> {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.html`);
  writeFileSync(file, html);
  const page = await browser.newPage({ viewport: { width: 1180, height: 900 } });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href) complaints.push(request.url());
  });
  await page.goto(pathToFileURL(file).href);
  return { page, complaints };
}

describe('the profile in a browser', () => {
  it.each([1100, 1180, 1400])(
    'keeps severities and dates of gaps on one line at %d pixels',
    async (width) => {
      const people = Array.from({ length: 6 }, (_, at) => {
        const login = `somebody.with-a-rather-long-name-${at}@subsidiary.northwind-trading.example`;
        return user(`00u${at}`, {
          login,
          factors: [],
          roles: at > 2 ? [] : [{ role: 'ORG_ADMIN', via: 'direct' }],
        });
      });
      const whole = twin({ users: people });
      const { tally, gaps, drift, timeline } = assess(whole);
      const { users, apps } = whole;
      const profile = postureProfile(
        { tally, gaps, users, apps, drift, timeline: [timeline] },
        prepareContext(whole),
      );
      const { page, complaints } = await open(profileHtml(profile));
      await page.setViewportSize({ width, height: 900 });
      const cells = page.locator('#gaps ~ .wide tbody td:is(:first-child, :last-child)');
      const heights = await cells.evaluateAll((all) =>
        all.map((cell) => {
          const range = document.createRange();
          range.selectNodeContents(cell);
          return range.getBoundingClientRect().height;
        }),
      );
      expect(heights.length).toBeGreaterThan(5);
      expect(Math.max(...heights)).toBeLessThan(30);
      expect(complaints).toEqual([]);
    },
  );
});

describe('the HTML report in a browser', () => {
  it('shows its figures, styled, without a complaint or a request', async () => {
    const { page, complaints } = await open(reportHtml(documentOf()));
    expect(await page.locator('.hero .big').innerText()).toBe('25.0 % to 50.0 %');
    const tiles = await page.locator('.tile b').allInnerTexts();
    expect(tiles).toEqual(['4', '2', '1', '1', '2']);
    expect(await page.locator('#people ~ .wide tbody tr').count()).toBe(3);
    const covered = page.locator('svg.coverage rect.t-compliant');
    expect(await covered.evaluate((rect) => getComputedStyle(rect).fill)).toBe('rgb(23, 132, 92)');
    expect(
      await page
        .locator('a[href="https://example.atlassian.net/browse/SEC-2"]')
        .first()
        .isVisible(),
    ).toBe(true);
    const shot = join(folder, 'report.png');
    await page.screenshot({ path: shot, fullPage: true });
    expect(statSync(shot).size).toBeGreaterThan(20_000);
    expect(complaints).toEqual([]);
  });

  it('has another face in the dark, and fits a telephone', async () => {
    const { page, complaints } = await open(reportHtml(documentOf()));
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await background()).not.toBe(light);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      390,
    );
    expect(complaints).toEqual([]);
  });

  it('runs nothing that stands in a name', async () => {
    const login = `${HOSTILE.html}<script>alert(2)</script><svg onload=alert(3)>`;
    const { page, complaints } = await open(
      reportHtml(documentOf({ org: login, users: [userOf({ login })] })),
    );
    expect(await page.locator('td.login').first().innerText()).toContain(
      '<script>alert(2)</script>',
    );
    expect(await page.locator('script, img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('is told to a screen reader by headings, tables and labelled charts', async () => {
    const { page } = await open(
      reportHtml(documentOf({ status: 'incomplete', reasons: ['the listing was lost'] })),
    );
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    expect(await page.getByRole('alert').innerText()).toContain('INCOMPLETE run');
    const charts = page.locator('svg[role=img]');
    expect(await charts.count()).toBe(await page.locator('svg[role=img][aria-label]').count());
    expect(
      await page.getByRole('columnheader', { name: 'Verdict', exact: true }).count(),
    ).toBeGreaterThan(0);
  });
});
