import { parseArgs } from 'node:util';
import { PORT_NAMES } from './options.ts';
import type { EmulatorOptions } from './options.ts';

/** The parsed command line of the emulators. */
export interface EmulatorArguments {
  options: EmulatorOptions;
  /** Exit when the parent's end of stdin closes. */
  exitWithParent: boolean;
}

/** Thrown for an unknown flag or an invalid value; the message names the flag. */
export class ArgumentError extends Error {}

const TEXT = { type: 'string' } as const;
const FLAGS = {
  users: TEXT,
  seed: TEXT,
  profile: TEXT,
  'weak-share': TEXT,
  apps: TEXT,
  groups: TEXT,
  port: TEXT,
  'okta-port': TEXT,
  'jira-port': TEXT,
  'slack-port': TEXT,
  'control-port': TEXT,
  'entra-port': TEXT,
  'google-port': TEXT,
  'salesforce-port': TEXT,
  'rate-limit': TEXT,
  'window-ms': TEXT,
  'window-start': TEXT,
  'reset-rounding': TEXT,
  'latency-ms': TEXT,
  'index-lag-ms': TEXT,
  log: TEXT,
  'okta-token': TEXT,
  'jira-token': TEXT,
  'jira-email': TEXT,
  'slack-token': TEXT,
  'jira-project': TEXT,
  'jira-edition': TEXT,
  'jira-path': TEXT,
  'entra-tenant-id': TEXT,
  'entra-client-id': TEXT,
  'entra-client-secret': TEXT,
  'google-key-file': TEXT,
  'google-admin-subject': TEXT,
  'salesforce-client-id': TEXT,
  'salesforce-client-secret': TEXT,
  'canary-phone': TEXT,
  'canary-email': TEXT,
  'canary-totp-seed': TEXT,
  'exit-with-parent': { type: 'boolean' },
} as const;
const CHOICES = {
  profile: ['demo', 'plain', 'empty'],
  'window-start': ['second', 'request', 'clock'],
  'reset-rounding': ['up', 'down'],
  'jira-edition': ['cloud', 'data_center'],
} as const;

/** The flags for users; `arx emulate` describes each. */
export type EmulatorFlag = Exclude<keyof typeof FLAGS, 'exit-with-parent'>;
export type EmulatorChoices = typeof CHOICES;

type Values = { [Name in keyof typeof FLAGS]?: Name extends 'exit-with-parent' ? boolean : string };

/** Parses the flags of `main.ts`. Throws ArgumentError. */
export function parseArguments(given: readonly string[]): EmulatorArguments {
  const values = parseFlags(given);
  const options: EmulatorOptions = {
    users: whole(values, 'users'),
    seed: whole(values, 'seed'),
    profile: choice(values, 'profile'),
    weakShare: share(values['weak-share']),
    apps: whole(values, 'apps'),
    groups: whole(values, 'groups'),
    ports: ports(values),
    rateLimit: whole(values, 'rate-limit'),
    windowMs: whole(values, 'window-ms'),
    windowStart: choice(values, 'window-start'),
    resetRounding: choice(values, 'reset-rounding'),
    latencyMs: whole(values, 'latency-ms'),
    indexLagMs: whole(values, 'index-lag-ms'),
    log: values.log === 'none' ? null : values.log,
    tokens: {
      okta: values['okta-token'],
      jira: values['jira-token'],
      jiraEmail: values['jira-email'],
      slack: values['slack-token'],
      entraTenantId: values['entra-tenant-id'],
      entraClientId: values['entra-client-id'],
      entraClientSecret: values['entra-client-secret'],
      salesforceClientId: values['salesforce-client-id'],
      salesforceClientSecret: values['salesforce-client-secret'],
    },
    jiraProject: values['jira-project'],
    jiraEdition: choice(values, 'jira-edition'),
    jiraPath: basePath(values['jira-path']),
    googleKeyFile: values['google-key-file'],
    googleAdminSubject: values['google-admin-subject'],
    canaries: {
      phone: values['canary-phone'],
      email: values['canary-email'],
      totpSeed: values['canary-totp-seed'],
    },
  };
  return { options, exitWithParent: values['exit-with-parent'] === true };
}

function parseFlags(given: readonly string[]): Values {
  try {
    return parseArgs({ args: [...given], options: FLAGS, strict: true }).values;
  } catch (error) {
    throw new ArgumentError(error instanceof Error ? error.message : 'invalid arguments');
  }
}

function whole(values: Values, name: EmulatorFlag): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text))
    throw new ArgumentError(`--${name} must be a whole number of at least 0, not '${text}'`);
  return Number(text);
}

function share(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value >= 0 && value <= 1))
    throw new ArgumentError(`--weak-share must be between 0 and 1, not '${text}'`);
  return value;
}

function choice<Name extends keyof typeof CHOICES>(
  values: Values,
  name: Name,
): (typeof CHOICES)[Name][number] | undefined {
  const text = values[name];
  const choices: readonly string[] = CHOICES[name];
  if (text === undefined) return undefined;
  if (!choices.includes(text))
    throw new ArgumentError(`--${name} must be one of ${choices.join(', ')}, not '${text}'`);
  return text as (typeof CHOICES)[Name][number];
}

function basePath(text: string | undefined): string | undefined {
  if (text !== undefined && !/^(\/[\w.-]+)*$/.test(text))
    throw new ArgumentError(`--jira-path must be a path without a slash at its end, not '${text}'`);
  return text;
}

function ports(values: Values): NonNullable<EmulatorOptions['ports']> {
  const base = whole(values, 'port') ?? 0;
  const entries = PORT_NAMES.map(
    (name, index) =>
      [name, whole(values, `${name}-port`) ?? (base === 0 ? 0 : base + index)] as const,
  );
  const wrong = entries.find(([, port]) => port > 65_535);
  if (wrong) throw new ArgumentError(`the ${wrong[0]} port ${wrong[1]} is above 65535`);
  return Object.fromEntries(entries);
}
