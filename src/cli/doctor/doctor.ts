import type { DoctorOptions } from './command.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import { plain, plainLines } from '../kit/text.ts';
import { wrapTo } from '../kit/width.ts';
import { attempt, fail, pass } from './check.ts';
import type { CheckResult } from './check.ts';
import { localServerChecks, serverChecks } from './servers.ts';
import { storeAndVendorChecks } from './store.ts';
import { policyCheck } from './policies.ts';

/**
 * Runs all checks in the order in which a run needs them, without stopping at the first failure.
 */
export async function doctor(io: Io, options: DoctorOptions): Promise<ExitCode> {
  const checks: CheckResult[] = [nodeCheck()];
  const report = async (found: readonly CheckResult[]): Promise<void> => {
    checks.push(...found);
    if (!options.json) for (const check of found) await print(io, checkLine(io, check));
  };
  if (!options.json) await print(io, checkLine(io, checks[0]!));
  let settings: Settings | null = null;
  await report([
    await attempt('configuration', async () => {
      settings = await loadSettings(io, options);
      return settings.file?.path ?? 'no file, so the defaults apply';
    }),
  ]);
  if (settings) await runChecks(io, { settings, options, report });
  else
    await report([
      fail('everything else', 'not tried', 'Correct the configuration first, then run this again.'),
    ]);
  if (options.json)
    await writeJson(io, { schema: 'arx.doctor/v1', checks: checks.map(checkDocument) });
  return exitOf(checks);
}

interface Reporting {
  settings: Settings;
  options: DoctorOptions;
  report: (found: readonly CheckResult[]) => Promise<void>;
}

async function runChecks(io: Io, { settings, options, report }: Reporting): Promise<void> {
  await report([await policyCheck(settings)]);
  await report(
    await (options.local
      ? localServerChecks(settings, (text) => printNote(io, io.colors.err.dim(text)))
      : serverChecks(settings)),
  );
  for await (const found of storeAndVendorChecks(io, settings)) await report([found]);
}

const NEEDED = [22, 18] as const;
function nodeCheck(): CheckResult {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
  const detail = `Node ${process.versions.node}`;
  return enough
    ? pass('node', detail)
    : fail(
        'node',
        detail,
        `Install Node ${NEEDED.join('.')} or newer, or run \`npm ci\` and bin/arx.`,
      );
}

const MARGIN = 30;

/** One check for the terminal. */
export function checkLine(io: Io, check: CheckResult): string {
  const { name, detail, remedy } = check;
  const { width = Infinity, bold } = io.colors.out;
  const margin = ' '.repeat(MARGIN);
  const below = (text: string): string =>
    plainLines(text, '')
      .split('\n')
      .flatMap((one) => wrapTo(one, Math.max(MARGIN, width - MARGIN)))
      .join(`\n${margin}`);
  const head = `${markOf(check, io)} ${bold(name.padEnd(24))} ${below(detail)}`;
  return remedy === null ? head : `${head}\n${margin}${below(`→ ${plain(remedy)}`)}`;
}

function markOf({ ok, state }: CheckResult, { colors }: Io): string {
  const { green, red, yellow, dim } = colors.out;
  if (!ok) return red('FAIL');
  return state === 'warning'
    ? yellow('warn')
    : state === 'not_set_up'
      ? dim('–   ')
      : green('ok  ');
}

/** One check in a JSON document. */
export const checkDocument = ({ name, ok, state, detail, remedy }: CheckResult) => ({
  name,
  ok,
  state: state ?? (ok ? 'ok' : 'failed'),
  detail,
  remedy,
});

/** 0 if all passed, 4 if a credential was refused, otherwise 1. */
export function exitOf(checks: readonly CheckResult[]): ExitCode {
  if (checks.every(({ ok }) => ok)) return EXIT.ok;
  return checks.some(({ refused }) => refused) ? EXIT.authentication : EXIT.error;
}
