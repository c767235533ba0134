import { writeFile } from 'node:fs/promises';
import { startMfaCheck } from '../../client.ts';
import type { ChainReport } from '../../audit/chain.ts';
import type { JsonObject } from '../../audit/types.ts';
import type { Stack } from '../../local/stack.ts';
import type { RunDocument } from '../../mfa/document.ts';
import type { DemoOptions } from './command.ts';
import { reportHtml } from '../report/html.ts';
import { runDocument } from '../../services/checks/run-document.ts';
import { findRun } from '../report/find-run.ts';
import { requireEmulators, startEmulatorProcess } from '../kit/emulators.ts';
import type { EmulatorProcess } from '../kit/emulators.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { follow } from '../kit/follow.ts';
import { checkToFollow } from '../run/followed-check.ts';
import { untilInterrupted } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings, readEnvironment } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import { quotaOf } from '../../services/connectors.ts';
import { openLocalStack } from '../kit/stack.ts';
import { targetOf } from '../kit/target.ts';
import type { Target } from '../kit/target.ts';
import { verifyStore } from '../../services/audit/verify-store.ts';
import { demoEnvironment, freshHome, tenantsOf, writeConfig } from './home.ts';
import type { DemoHome } from './home.ts';
import { Narrator } from './narrate.ts';

/** The service account for backups in the emulated organisation. */
const SERVICE_LOGIN = 'svc-backup@northwind.example';

/** The result of a demo. */
export interface DemoResult {
  runs: [RunDocument, RunDocument];
  chain: ChainReport;
  home: DemoHome;
  seconds: number;
}

/** Everything a demo runs on. */
interface DemoParts {
  io: Io;
  settings: Settings;
  emulators: EmulatorProcess;
  stack: Stack;
  target: Target;
  home: DemoHome;
}

/** Runs the check twice against an emulated organisation that changes in between. */
export async function demo(io: Io, options: DemoOptions): Promise<ExitCode> {
  requireEmulators();
  io.holdInterrupts();
  const startedAt = Date.now();
  const narrator = new Narrator(io, options.json ?? false);
  const home = await freshHome(readEnvironment(io).arx.home);
  const emulators = await startEmulatorProcess(emulatorFlags(options, home));
  try {
    narrator.organisation(options.users, emulators.document);
    const tenants = tenantsOf(emulators.document);
    await writeConfig({ ...home, users: options.users, tenants }, SERVICE_LOGIN);
    const demoIo = { ...io, env: demoEnvironment(io.env, home, emulators.document) };
    const settings = await loadSettings(demoIo, {});
    narrator.startingStack();
    const stack = await openLocalStack(demoIo, settings, { ui: true });
    const target = await targetOf(stack, settings);
    try {
      const result = await runTwice(
        { io: demoIo, settings, emulators, stack, target, home },
        narrator,
        startedAt,
      );
      await narrator.result(result);
      if (options.keep) await keep(io, narrator, { stack, emulators, home });
      return exitOf(result);
    } finally {
      narrator.stopping();
      await target.close();
    }
  } finally {
    await emulators.close();
  }
}

// A limit far above the size of the organisation keeps the demo quick but still exercises the
// headers.
const emulatorFlags = ({ users, seed }: DemoOptions, { acceptLog }: DemoHome): string[] => [
  '--profile',
  'demo',
  '--users',
  String(users),
  '--seed',
  String(seed),
  '--rate-limit',
  '100000',
  '--log',
  acceptLog,
];

async function runTwice(
  parts: DemoParts,
  narrator: Narrator,
  startedAt: number,
): Promise<DemoResult> {
  narrator.run('first');
  const first = await runOnce(parts);
  narrator.afterRun(first);
  const { emulatorControl } = await import('../../../emulators/client.ts');
  const evolution = await emulatorControl(parts.emulators.document.control).evolve();
  narrator.week(evolution);
  narrator.run('second');
  const second = await runOnce(parts);
  narrator.afterRun(second);
  const chain = await verifyStore(parts.target.store, null);
  await writeFile(parts.home.report, reportHtml(second), { mode: 0o600 });
  return {
    runs: [first, second],
    chain,
    home: parts.home,
    seconds: (Date.now() - startedAt) / 1000,
  };
}

async function runOnce({ io, settings, target }: DemoParts): Promise<RunDocument> {
  const configRef = await target.store.snapshots.put(settings.config as unknown as JsonObject);
  const started = await startMfaCheck(target.link, { configRef });
  await follow(io, target, checkToFollow(target, started, quotaOf(settings.config)));
  return runDocument(target.store, await findRun(target.store, started.run));
}

async function keep(
  io: Io,
  narrator: Narrator,
  parts: Pick<DemoParts, 'stack' | 'emulators' | 'home'>,
): Promise<void> {
  narrator.addresses(parts.stack.temporal.uiUrl, parts.emulators.document, parts.home);
  await untilInterrupted(io);
}

function exitOf({ runs, chain }: DemoResult): ExitCode {
  if (!chain.ok) {
    const message = `The audit trail is broken at index ${chain.firstBad.index}: ${chain.firstBad.reason}.`;
    throw new CliError({
      code: 'audit_broken',
      message,
      remedy: 'Run `arx demo` again.',
    });
  }
  if (runs.some(({ status }) => status === 'failed')) return EXIT.error;
  return runs.every(({ status }) => status === 'complete') ? EXIT.ok : EXIT.incomplete;
}
