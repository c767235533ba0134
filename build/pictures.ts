/**
 * Writes docs/pictures: a report, a request that waits for approval, and a run in Temporal's UI, each
 * from an emulated organisation. Run it after a change to what they show: `node build/pictures.ts`.
 */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { startEmulators } from '../emulators/start.ts';
import { vendorEnvironment } from '../src/cli/demo/home.ts';
import { launchChromium } from '../test/support/chromium.ts';

const ROOT = join(import.meta.dirname, '..');
const PICTURES = join(ROOT, 'docs/pictures');
const VIEW = { width: 1180, height: 760 };
const APPROVERS = 'group:Security Approvers';
const ASKER = 'zoe.laurent@northwind.example';

const folder = mkdtempSync(join(tmpdir(), 'arx-pictures-'));
const emulators = await startEmulators({ rateLimit: 100_000, log: null });
const config = join(folder, 'arx.yaml');
writeFileSync(
  config,
  `version: 1\napprovals: { default_approvers: ['${APPROVERS}'] }\nscan: { max_unknown: 0.01 }\n`,
);
const env = {
  ...process.env,
  ...vendorEnvironment(emulators.document),
  ARX_HOME: join(folder, 'home'),
  ARX_CONFIG: config,
  COLUMNS: '100',
  NO_COLOR: '1',
};
const run = promisify(execFile);
/** The emulators are in this process, so nothing may block it. */
const arx = async (...words: string[]): Promise<string> =>
  (await run(join(ROOT, 'bin/arx'), words, { env, cwd: folder })).stdout;

const up = spawn(join(ROOT, 'bin/arx'), ['up', '--json'], {
  env,
  cwd: folder,
  stdio: ['ignore', 'pipe', 'inherit'],
});
let call: ChildProcess | null = null;
let browser: Browser | null = null;
try {
  const { ui, temporal } = await firstDocument(up.stdout);
  browser = await launchChromium();
  mkdirSync(PICTURES, { recursive: true });

  const check = JSON.parse(
    await arx('run', 'mfa-enforcement-check', '--local', '--json', '--no-users'),
  ) as {
    run: string;
    workflowId: string;
  };
  const report = join(folder, 'report.html');
  await arx('report', check.run, '--format', 'html', '--out', report);
  await picture(browser, 'report', pathToFileURL(report).href);

  const id = encodeURIComponent(check.workflowId);
  await picture(
    browser,
    'temporal',
    `${ui}/namespaces/${temporal.namespace}/workflows/${id}`,
    4_000,
  );

  const target = emulators.okta.view('ibrahim.fernandez@northwind.example')?.id ?? '';
  const words = ['call', 'okta', 'users:suspend', '--param', `userId=${target}`, '--local'];
  const why = ['--as', ASKER, '--reason', 'Sign-ins from two countries within ten minutes'];
  call = spawn(join(ROOT, 'bin/arx'), [...words, ...why], {
    env,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const request = await firstRequest();
  const shown = join(folder, 'approval.html');
  writeFileSync(
    shown,
    terminal(`arx approvals show ${request}`, await arx('approvals', 'show', request)),
  );
  await picture(browser, 'approval', pathToFileURL(shown).href);
} finally {
  await browser?.close();
  call?.kill('SIGINT');
  up.kill('SIGINT');
  await once(up, 'exit');
  await emulators.close();
  rmSync(folder, { recursive: true, force: true });
}

/** The first JSON document of a command that goes on running. */
async function firstDocument(
  out: NodeJS.ReadableStream,
): Promise<{ ui: string; temporal: { namespace: string } }> {
  let text = '';
  for await (const line of createInterface(out)) {
    text += line;
    if (line === '}') break;
  }
  return JSON.parse(text) as { ui: string; temporal: { namespace: string } };
}

async function firstRequest(): Promise<string> {
  for (let turn = 0; turn < 60; turn += 1) {
    const { items } = JSON.parse(await arx('approvals', 'list', '--json')) as {
      items: { request: string }[];
    };
    if (items[0]) return items[0].request;
    await delay(500);
  }
  throw new Error('the call did not open a request');
}

async function picture(at: Browser, name: string, url: string, settleMs = 0): Promise<void> {
  const page = await at.newPage({ viewport: VIEW, colorScheme: 'light' });
  await page.goto(url);
  await delay(settleMs);
  const path = join(PICTURES, `${name}.png`);
  const output = page.locator('body > pre');
  await ((await output.count()) === 1 ? output : page).screenshot({ path });
  await page.close();
}

/** A terminal with one command and its output; the keys of a record in a column of their own. */
function terminal(command: string, output: string): string {
  const text = `$ ${command}\n${output}`
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/^ {2}(their reason|\w+) +/gm, '  $1\t');
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; background: #10141a; color: #e6e6e6; }
    pre { margin: 0; padding: 24px; font: 16px/1.5 monospace; white-space: pre-wrap; tab-size: 28; }
  </style><pre>${text}</pre>`;
}
