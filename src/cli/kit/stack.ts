/** Opens the embedded stack for a command. */

import { createHash } from 'node:crypto';
import { ACCOUNT_VENDORS, accountVendors } from '../../config/env/account-vendors.ts';
import { oktaSettings } from '../../config/env/credentials.ts';
import { ConfigError } from '../../config/errors.ts';
import { makeHome } from '../../config/home.ts';
import type { OktaSettings } from '../../config/env/okta-env.ts';
import { VARIABLES } from '../../config/env/variables.ts';
import { requireJira, requireSlack } from '../../config/env/vendors.ts';
import type { Stack } from '../../local/stack.ts';
import { interruptsOf, printNote } from './io.ts';
import type { Io } from './io.ts';
import { printNoteOnce } from './notes.ts';
import { printOktaSource } from './okta-source.ts';
import type { Environment, Settings } from './settings.ts';

const VENDORS: ReadonlySet<string> = new Set([
  'okta',
  'jira',
  'slack',
  ...ACCOUNT_VENDORS,
  'vault',
]);

/**
 * Refuses to start if a vendor's settings are missing or wrong; returns those of Okta. A dry run
 * does not need Jira and Slack, but if any of their settings are present, they must be valid.
 * Throws ConfigError.
 */
export async function requireVendors(
  settings: Settings,
  needs: { dryRun: boolean },
): Promise<OktaSettings> {
  const { arx, config, baseDir } = settings;
  const okta = await oktaSettings({ env: arx, config, baseDir });
  accountVendors(arx);
  const isSet = (vendor: 'jira' | 'slack'): boolean =>
    VARIABLES.some(({ name, usedBy }) => usedBy === vendor && arx.source.find(name));
  if (isSet('jira') || (!needs.dryRun && config.tickets.mode !== 'none')) requireJira(arx);
  if (!isSet('slack') && needs.dryRun) return okta;
  const { channel } = requireSlack(arx);
  if (channel === null && config.slack.channel === null && !needs.dryRun) throw noChannel();
  return okta;
}

const noChannel = (): ConfigError =>
  new ConfigError(
    'missing_variable',
    'SLACK_CHANNEL is not set, and the configuration does not name a channel',
    'Set SLACK_CHANNEL, or slack.channel in the configuration: an id such as C0123456789, or a name such as #security.',
    { path: 'SLACK_CHANNEL' },
  );

/** Distinguishes stacks for different vendors or credentials without revealing either. */
export function vendorsFingerprint(
  env: Environment['raw'],
  { origin, credential }: OktaSettings,
): string {
  const parts = VARIABLES.filter(({ usedBy }) => VENDORS.has(usedBy)).map(({ name }) => [
    name,
    env[name] ?? null,
  ]);
  // Credentials from a file or from Vault are in no variable.
  const secret = credential.kind === 'ssws' ? credential.token : credential.privateKey;
  return createHash('sha256')
    .update(JSON.stringify([...parts, [origin, secret.reveal()]]))
    .digest('hex');
}

/**
 * The environment without the user's own credentials, because the stack outlives the command and
 * also serves others.
 */
const withoutPerson = (env: Environment['raw']): Environment['raw'] =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !PERSONAL.has(name)));
const PERSONAL: ReadonlySet<string> = new Set(
  VARIABLES.filter(({ usedBy }) => usedBy === 'cli').map(({ name }) => name),
);

/** Starts or joins the embedded stack of ARX_HOME; the command itself handles interrupts. */
export async function openLocalStack(
  io: Io,
  settings: Settings,
  options: { ui: boolean; dryRun?: boolean },
): Promise<Stack> {
  const okta = await requireVendors(settings, { dryRun: options.dryRun ?? false });
  printOktaSource(io, settings);
  makeHome(settings.arx.home);
  const { openStack } = await import('../../local/stack.ts');
  const dim = io.colors.err.dim;
  return openStack({
    home: settings.arx.home,
    vendorsFingerprint: vendorsFingerprint(settings.raw, okta),
    env: withoutPerson(settings.raw),
    configPath: settings.file?.path ?? null,
    ui: options.ui,
    log: (line) => printNote(io, dim(line)),
    // Who runs the stack wants to know that it goes on; for others, that is always so.
    remark: (line) =>
      options.ui
        ? printNote(io, dim(line))
        : printNoteOnce(io, settings.arx.home, { name: 'stack-in-use', line }),
    handleSignals: false,
    superviseWorker: true,
    interrupts: interruptsOf(io),
  });
}
