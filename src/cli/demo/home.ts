/** The folder, configuration and environment of a demo. */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { WITHOUT_DOTENV } from '../../config/env/env-source.ts';
import { makeHome } from '../../config/home.ts';
import { VARIABLES } from '../../config/env/variables.ts';
import type { EmulatorDocument } from '../../../emulators/start.ts';

const DAY_MS = 86_400_000;
const POLICIES = fileURLToPath(new URL('../../../policies/', import.meta.url));

/** The files of a demo; deleted when the next demo starts. */
export interface DemoHome {
  home: string;
  config: string;
  report: string;
  acceptLog: string;
}

/** Stops what an earlier demo left running and creates an empty folder. */
export async function freshHome(arxHome: string): Promise<DemoHome> {
  makeHome(arxHome);
  const home = join(arxHome, 'demo');
  const { stopStack } = await import('../../local/stack.ts');
  await stopStack(home);
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true, mode: 0o700 });
  return {
    home,
    config: join(home, 'arx.yaml'),
    report: join(home, 'report.html'),
    acceptLog: join(home, 'accept.jsonl'),
  };
}

/** Configured tenants, by product as identity-posture events name it. */
type Tenants = Record<'AAD' | 'Google Workspace' | 'Salesforce.com', string[]>;

/** The tenants of the emulated vendors. */
export const tenantsOf = ({
  tokens,
  googleAdminSubject,
  salesforce,
}: EmulatorDocument): Tenants => ({
  AAD: [tokens.entraTenantId],
  'Google Workspace': [googleAdminSubject.split('@')[1] ?? ''],
  'Salesforce.com': [new URL(salesforce).host],
});

/** One user cannot be read, and the week may add another. */
const MOST_UNKNOWN = 2;

/**
 * Writes the demo's arx.yaml: an exemption, a grace period, separate administrators, and the whole
 * quota of the organisation.
 */
export async function writeConfig(
  { config, users, tenants }: Pick<DemoHome, 'config'> & { users: number; tenants: Tenants },
  serviceLogin: string,
): Promise<void> {
  const until = new Date(Date.now() + 90 * DAY_MS).toISOString().slice(0, 10);
  const reason = 'Backups sign in with a certificate; this account is not used interactively.';
  const content = {
    version: 1,
    policies: [`${POLICIES}*.yaml`],
    exemptions: [{ user: serviceLogin, reason, owner: 'it-operations@northwind.example', until }],
    grace_period: '7d',
    scan: { window: 32, max_unknown: Math.max(0.01, MOST_UNKNOWN / users) },
    quota: { share: 1, reserve: 0, warning_threshold: false },
    remediation: { tenants },
    twin: { privileged_groups: ['Okta Administrators'] },
  };
  const heading =
    '# Written by `arx demo` for its own runs; see arx.yaml in the repository for a real one.\n';
  await writeFile(config, heading + stringify(content), { mode: 0o600 });
}

/**
 * The environment of the demo: the emulators and its own folder. Hides all variables for real
 * vendors, servers and stores, and does not read `.env`, so that a demo cannot touch them.
 */
export function demoEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  { home, config }: DemoHome,
  emulators: EmulatorDocument,
): Record<string, string | undefined> {
  const hidden = VARIABLES.filter(
    ({ name }) => name !== 'TEMPORAL_CLI_PATH' && name !== 'ARX_LOG_LEVEL',
  ).map(({ name }) => name);
  const others = Object.entries(env).filter(
    ([name]) => !hidden.includes(name.replace(/_FILE$/, '')),
  );
  return {
    ...Object.fromEntries(others),
    ...WITHOUT_DOTENV,
    ...vendorEnvironment(emulators),
    ARX_HOME: home,
    ARX_CONFIG: config,
  };
}

/** The variables that point arx at the emulators. */
export function vendorEnvironment(emulators: EmulatorDocument): Record<string, string> {
  const { okta, jira, slack, tokens, jiraProject, jiraEdition, slackChannel } = emulators;
  return {
    OKTA_DOMAIN: okta,
    OKTA_API_TOKEN: tokens.okta,
    JIRA_URL: jira,
    JIRA_EDITION: jiraEdition,
    // Data Center takes a personal access token.
    ...(jiraEdition === 'cloud' && { JIRA_EMAIL: tokens.jiraEmail }),
    JIRA_API_TOKEN: tokens.jira,
    JIRA_PROJECT_KEY: jiraProject,
    SLACK_API_URL: slack,
    SLACK_BOT_TOKEN: tokens.slack,
    SLACK_CHANNEL: slackChannel,
    ENTRA_LOGIN_URL: emulators.entraLogin,
    ENTRA_GRAPH_URL: emulators.entraGraph,
    ENTRA_TENANT_ID: tokens.entraTenantId,
    ENTRA_CLIENT_ID: tokens.entraClientId,
    ENTRA_CLIENT_SECRET: tokens.entraClientSecret,
    GOOGLE_ADMIN_URL: emulators.google,
    GOOGLE_SERVICE_ACCOUNT_FILE: emulators.googleServiceAccountFile,
    GOOGLE_ADMIN_SUBJECT: emulators.googleAdminSubject,
    SALESFORCE_LOGIN_URL: emulators.salesforce,
    SALESFORCE_CLIENT_ID: tokens.salesforceClientId,
    SALESFORCE_CLIENT_SECRET: tokens.salesforceClientSecret,
  };
}
