import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { fakeToken, objectId } from './ids.ts';
import type { Canaries } from './okta/model.ts';
import type { ResetRounding, WindowStart } from './rate-limit.ts';

export type Profile = 'demo' | 'plain' | 'empty';

/** The servers in the order in which `--port` counts their ports. */
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

/** What the vendors accept, beside the key in the file of Google's service account. */
export type TokenName =
  | 'okta'
  | 'jira'
  | 'jiraEmail'
  | 'slack'
  | 'entraTenantId'
  | 'entraClientId'
  | 'entraClientSecret'
  | 'salesforceClientId'
  | 'salesforceClientSecret';

/** How to start the emulators; everything has a default. */
export interface EmulatorOptions {
  /** ACTIVE users. Default 503 for demo, 100 for plain. */
  users?: number;
  /** Same seed, same organisation. Default 1. */
  seed?: number;
  /**
   * demo: looks real; plain: like users, one in `1 / weakShare` with SMS only; empty: nobody.
   * Default demo.
   */
  profile?: Profile;
  /** plain: share of users with SMS only. Default 0.1. */
  weakShare?: number;
  /** plain: applications and groups besides the built-in ones. Default 0. */
  apps?: number;
  groups?: number;
  /** Loopback ports; 0 or absent takes a free one. */
  ports?: Partial<Record<PortName, number>>;
  /** Okta requests per bucket and window, 0 for no limit. Default 600. */
  rateLimit?: number;
  /** Default 60,000. */
  windowMs?: number;
  /**
   * When a window begins: at the whole second of its first request, exactly with it, or by the
   * clock. Default second.
   */
  windowStart?: WindowStart;
  /** x-rate-limit-reset has whole seconds: rounded from the exact end of the window. Default up. */
  resetRounding?: ResetRounding;
  /** How much later each of Okta's answers leaves. Default 0. */
  latencyMs?: number;
  /** How long Jira's search lags behind. Default 0. */
  indexLagMs?: number;
  /**
   * Path of the accept log; null keeps none, in memory neither. Default: in a fresh temporary
   * directory.
   */
  log?: string | null;
  tokens?: Partial<Record<TokenName, string>>;
  /** Where the key file of Google's service account is written. Default: beside the accept log. */
  googleKeyFile?: string;
  /** Whom the service account acts for: an administrator, who is there in every profile. */
  googleAdminSubject?: string;
  jiraProject?: string;
  canaries?: Canaries;
  /** Time the demo organisation is built around, epoch milliseconds. Default now. */
  now?: number;
}

export type ResolvedOptions = Required<EmulatorOptions> & {
  ports: Record<PortName, number>;
  tokens: Record<TokenName, string>;
};

/** Fills in the defaults. Makes a directory for the accept log where none is named. */
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
    canaries: options.canaries ?? {},
    now: options.now ?? Date.now(),
  };
}

const temporary = (): string => mkdtempSync(join(tmpdir(), 'arx-emulators-'));

// Named after the log: several emulators may keep theirs in one folder.
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
  };
}

function withoutUndefined<Value>(values: Partial<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Record<string, Value>;
}
