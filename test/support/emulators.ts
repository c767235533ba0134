import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { vendorEnvironment } from '../../src/cli/demo/home.ts';
import { emulatorControl } from '../../emulators/client.ts';
import type { EmulatorControl } from '../../emulators/client.ts';
import type { EmulatorOptions } from '../../emulators/options.ts';
import type { EmulatorDocument } from '../../emulators/start.ts';

/**
 * Emulators in a separate process: their addresses, a typed control client, and how to end them.
 */
export interface EmulatorProcess extends EmulatorControl {
  document: EmulatorDocument;
  pid: number;
  /** The environment that points arx at these emulators. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../emulators/main.ts', import.meta.url));

/**
 * Spawns `emulators/main.ts` and waits for its first line. Throws with its output if it does not
 * start.
 */
export async function startEmulatorProcess(
  options: EmulatorOptions = {},
): Promise<EmulatorProcess> {
  const child = spawn(process.execPath, [MAIN, '--exit-with-parent', ...flagsOf(options)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const document = await firstLine(child);
  return {
    ...emulatorControl(document.control),
    document,
    pid: child.pid ?? 0,
    env: vendorEnvironment(document),
    stop: () => stop(child),
  };
}

function flagsOf({
  ports = {},
  tokens = {},
  canaries = {},
  ...options
}: EmulatorOptions): string[] {
  const values: Record<string, string | number | undefined> = {
    users: options.users,
    seed: options.seed,
    profile: options.profile,
    'weak-share': options.weakShare,
    apps: options.apps,
    groups: options.groups,
    'okta-port': ports.okta,
    'jira-port': ports.jira,
    'slack-port': ports.slack,
    'control-port': ports.control,
    'entra-port': ports.entra,
    'google-port': ports.google,
    'salesforce-port': ports.salesforce,
    'rate-limit': options.rateLimit,
    'window-ms': options.windowMs,
    'window-start': options.windowStart,
    'reset-rounding': options.resetRounding,
    'latency-ms': options.latencyMs,
    'index-lag-ms': options.indexLagMs,
    log: options.log === null ? 'none' : options.log,
    'okta-token': tokens.okta,
    'jira-token': tokens.jira,
    'jira-email': tokens.jiraEmail,
    'slack-token': tokens.slack,
    'jira-project': options.jiraProject,
    'jira-edition': options.jiraEdition,
    'jira-path': options.jiraPath,
    'entra-tenant-id': tokens.entraTenantId,
    'entra-client-id': tokens.entraClientId,
    'entra-client-secret': tokens.entraClientSecret,
    'google-key-file': options.googleKeyFile,
    'google-admin-subject': options.googleAdminSubject,
    'salesforce-client-id': tokens.salesforceClientId,
    'salesforce-client-secret': tokens.salesforceClientSecret,
    'canary-phone': canaries.phone,
    'canary-email': canaries.email,
    'canary-totp-seed': canaries.totpSeed,
  };
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
}

async function firstLine(child: ChildProcess): Promise<EmulatorDocument> {
  if (!child.stdout || !child.stderr) throw new Error('the emulators were started without pipes');
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString('utf8')));
  for await (const line of createInterface({ input: child.stdout })) {
    child.stdout.resume();
    return JSON.parse(line) as EmulatorDocument;
  }
  throw new Error(`the emulators ended before they were ready: ${errors.join('')}`);
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
