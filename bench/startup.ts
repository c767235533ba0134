/** How long commands of arx take, as whole processes, beside programs that do nothing. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startEmulators } from '../emulators/start.ts';
import { vendorEnvironment } from '../src/cli/demo/home.ts';
import { quantile } from './support/quantile.ts';
import type { BenchResult } from './support/result.ts';

const ROOT = join(import.meta.dirname, '..');
const ARX = join(ROOT, 'bin/arx');
const TURNS = 20;

type Environment = Record<string, string | undefined>;

/** What one contestant took, in seconds: medians, user and system time together. */
interface Cost {
  wall: number;
  cpu: number;
}

/**
 * Medians of twenty starts each. A running stack and its store are those of `arx up` with emulated
 * vendors; a stopped one leaves its store behind.
 */
export async function bench(): Promise<BenchResult> {
  const home = mkdtempSync(join(tmpdir(), 'arx-bench-startup-'));
  const emulators = await startEmulators({ profile: 'demo', users: 60, log: null });
  const env = { ...process.env, ...vendorEnvironment(emulators.document), ARX_HOME: home };
  let stack: ChildProcess | null = null;
  try {
    const help = cost([ARX, '--help'], env);
    const sources = cost([process.execPath, join(ROOT, 'src/cli.ts'), '--help'], env);
    stack = await startStack(env);
    const running = cost([ARX, 'runs', '--json'], env);
    const audit = cost([ARX, 'audit', 'list', '--json'], env);
    await stopStack(stack);
    stack = null;
    const stopped = cost([ARX, 'runs', '--json'], env, 5);
    const node = cost([process.execPath, '-e', '0'], env);
    const npm = cost(['npm', '--version'], env);
    return {
      name: 'startup',
      about: `Medians of ${TURNS} starts, five without a stack: wall and CPU time of the whole process.`,
      tables: [
        {
          title: 'Start-up',
          columns: ['command', 'wall, ms', 'CPU, ms'],
          rows: [
            row('arx --help', help),
            row('the same from the sources, without the bundle', sources),
            row('arx runs --json, stack running', running),
            row('arx audit list --json, stack running', audit),
            row('arx runs --json, no stack: starts the store for one query', stopped),
            row('node -e 0', node),
            row('npm --version', npm),
          ],
        },
      ],
      goals: [
        { goal: 'arx --help in at most 0.15 s of CPU', met: help.cpu <= 0.15 },
        {
          goal: 'a read-only command on a running stack in at most 0.3 s of CPU',
          met: Math.max(running.cpu, audit.cpu) <= 0.3,
        },
        { goal: 'a read-only command without a stack in at most 2 s', met: stopped.wall <= 2 },
      ],
    };
  } finally {
    if (stack) await stopStack(stack);
    await emulators.close();
    rmSync(home, { recursive: true, force: true });
  }
}

const row = (name: string, { wall, cpu }: Cost) => [
  name,
  Math.round(wall * 1000),
  Math.round(cpu * 1000),
];

/** Runs a command once to warm its caches, then several times. Throws if it fails. */
function cost(command: readonly string[], env: Environment, turns = TURNS): Cost {
  timeOf(command, env);
  const times = Array.from({ length: turns }, () => timeOf(command, env));
  return {
    wall:
      quantile(
        times.map(({ wall }) => wall),
        0.5,
      ) ?? NaN,
    cpu:
      quantile(
        times.map(({ cpu }) => cpu),
        0.5,
      ) ?? NaN,
  };
}

/** Bash's own `time` includes the children, to the millisecond. */
function timeOf(command: readonly string[], env: Environment): Cost {
  const script = `TIMEFORMAT='%R %U %S'; { time "$@" > /dev/null 2>&1; }`;
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bench', ...command], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}`);
  const [wall = NaN, user = NaN, system = NaN] = stderr.trim().split(' ').map(Number);
  return { wall, cpu: user + system };
}

async function startStack(env: Environment): Promise<ChildProcess> {
  const child = spawn(ARX, ['up', '--json'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(createInterface(child.stdout), 'line');
  return child;
}

async function stopStack(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  await ended;
}
