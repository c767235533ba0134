import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { fakeToken, objectId, oktaId } from './ids.ts';
import type { JiraEdition } from './jira/model.ts';
import type { Canaries } from './okta/model.ts';
import type { ResetRounding, WindowStart } from './rate-limit.ts';

type Profile = 'demo' | 'plain' | 'empty';

/** The servers, in the order of their ports from `--port`. */
export const PORT_NAMES = [
  'okta',
  'jira',
  'slack',
  'control',
  'entra',
  'google',
  'salesforce',
] as const;
export type PortName = (typeof PORT_NAMES)[number];

/** The credentials that the vendors accept, besides the key of Google's service account. */
export type TokenName =
  | 'okta'
  | 'jira'
  | 'jiraEmail'
  | 'slack'
  | 'entraTenantId'
  | 'entraClientId'
  | 'entraClientSecret'
  | 'salesforceClientId'
  | 'salesforceClientSecret'
  | 'consoleClientId'
  | 'consoleClientSecret'
  | 'cliClientId';

/** Options of the emulators; all have defaults. */
export interface EmulatorOptions {
  /** ACTIVE users. Default 503 for demo, 100 for plain. */
  users?: number;
  /** The same seed gives the same organisation. Default 1. */
  seed?: number;
  /**
   * demo: realistic; plain: similar users, a share of `weakShare` with SMS only; empty: no users.
   * Default demo.
   */
  profile?: Profile;
  /** plain: share of users with SMS only. Default 0.1. */
  weakShare?: number;
  /** plain: number of applications and groups besides the built-in ones. Default 0. */
  apps?: number;
  groups?: number;
  /** Loopback ports; 0 or absent uses a free port. */
  ports?: Partial<Record<PortName, number>>;
  /** Okta requests per bucket and window; 0 for no limit. Default 600. */
  rateLimit?: number;
  /** Default 60,000. */
  windowMs?: number;
  /**
   * When a window begins: at the whole second of its first request, exactly at that request, or at
   * fixed times. Default `second`.
   */
  windowStart?: WindowStart;
  /** How the end of a window is rounded to the whole seconds of x-rate-limit-reset. Default up. */
  resetRounding?: ResetRounding;
  /** Delay of each of Okta's answers. Default 0. */
  latencyMs?: number;
  /** Delay of Jira's search index. Default 0. */
  indexLagMs?: number;
  /**
   * Path of the accept log; null keeps no log, not even in memory. Default: a file in a new
   * temporary directory.
   */
  log?: string | null;
  tokens?: Partial<Record<TokenName, string>>;
  /** Path for the key file of Google's service account. Default: beside the accept log. */
  googleKeyFile?: string;
  /** The administrator for whom the service account acts; exists in every profile. */
  googleAdminSubject?: string;
  jiraProject?: string;
  /** Default Cloud. */
  jiraEdition?: JiraEdition;
  /** The path below which Jira is served: `/jira`, or `/ex/jira/CLOUD_ID`. Default none. */
  jiraPath?: string;
  canaries?: Canaries;
  /** The time around which the demo organisation is built, epoch milliseconds. Default: now. */
  now?: number;
}

export type ResolvedOptions = Required<EmulatorOptions> & {
  ports: Record<PortName, number>;
  tokens: Record<TokenName, string>;
};

/** Fills in the defaults. Creates a directory for the accept log if no path is given. */
export function resolveOptions(options: EmulatorOptions): ResolvedOptions {
  const seed = options.seed ?? 1;
  const profile = options.profile ?? 'demo';
  const log = options.log !== undefined ? options.log : join(temporary(), 'accept.jsonl');
  return {
    users: options.users ?? (profile === 'demo' ? 503 : 100),
    seed,
    profile,
    weakShare: options.weakShare ?? 0.1,
    apps: options.apps ?? 0,
    groups: options.groups ?? 0,
    ports: {
      okta: 0,
      jira: 0,
      slack: 0,
      control: 0,
      entra: 0,
      google: 0,
      salesforce: 0,
      ...options.ports,
    },
    rateLimit: options.rateLimit ?? 600,
    windowMs: options.windowMs ?? 60_000,
    windowStart: options.windowStart ?? 'second',
    resetRounding: options.resetRounding ?? 'up',
    latencyMs: options.latencyMs ?? 0,
    indexLagMs: options.indexLagMs ?? 0,
    log,
    googleKeyFile: options.googleKeyFile ?? keyFileBeside(log),
    googleAdminSubject: options.googleAdminSubject ?? 'workspace-admin@northwind.example',
    tokens: { ...defaultTokens(seed), ...withoutUndefined(options.tokens ?? {}) },
    jiraProject: options.jiraProject ?? 'SEC',
    jiraEdition: options.jiraEdition ?? 'cloud',
    jiraPath: options.jiraPath ?? '',
    canaries: options.canaries ?? {},
    now: options.now ?? Date.now(),
  };
}

const temporary = (): string => mkdtempSync(join(tmpdir(), 'arx-emulators-'));

// Named after the log, because several emulators may use one folder.
function keyFileBeside(log: string | null): string {
  if (log === null) return join(temporary(), 'google-service-account.json');
  return join(dirname(log), `${basename(log, extname(log))}.google-service-account.json`);
}

function defaultTokens(seed: number): ResolvedOptions['tokens'] {
  return {
    okta: fakeToken('00', seed + 11, 40),
    jira: fakeToken('ATATT3x', seed + 12, 60),
    jiraEmail: 'arx-automation@northwind.example',
    slack: `xoxb-${fakeToken('', seed + 13, 48)}`,
    entraTenantId: objectId(20_000_001, seed),
    entraClientId: objectId(20_000_002, seed),
    entraClientSecret: fakeToken('emu8Q~', seed + 14, 34),
    salesforceClientId: fakeToken('3MVG9', seed + 15, 80),
    salesforceClientSecret: fakeToken('', seed + 16, 64),
    consoleClientId: oktaId('0oa', 900, seed),
    consoleClientSecret: fakeToken('', seed + 18, 64),
    cliClientId: oktaId('0oa', 901, seed),
  };
}

function withoutUndefined<Value>(values: Partial<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Record<string, Value>;
}
