import { rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { openAcceptLog } from './accept-log.ts';
import type { AcceptLog } from './accept-log.ts';
import { createControlServer } from './control/server.ts';
import { APPROVER_GROUP, buildDemoOrg } from './demo/org.ts';
import { buildPlainOrg } from './demo/plain.ts';
import { Faults } from './faults.ts';
import { closeServer, listen } from './http.ts';
import { EntraDirectory } from './entra/directory.ts';
import { entraVendor } from './entra/vendor.ts';
import { keyPair, writeServiceAccount } from './google/key.ts';
import { googleVendor } from './google/vendor.ts';
import { GoogleWorkspace } from './google/workspace.ts';
import { addAccounts } from './demo/accounts.ts';
import type { JiraEdition } from './jira/model.ts';
import { JiraSite } from './jira/site.ts';
import { jiraVendor } from './jira/vendor.ts';
import { openIdSettings } from './okta/openid/settings.ts';
import { OktaOrg } from './okta/org.ts';
import { oktaVendor } from './okta/vendor.ts';
import type { EmulatorOptions, PortName, ResolvedOptions, TokenName } from './options.ts';
import { resolveOptions } from './options.ts';
import { RateLimiter } from './rate-limit.ts';
import { SalesforceOrg } from './salesforce/org.ts';
import { salesforceVendor } from './salesforce/vendor.ts';
import { slackVendor } from './slack/vendor.ts';
import { SlackWorkspace } from './slack/workspace.ts';
import { Traffic } from './traffic.ts';
import type { Vendor } from './types.ts';
import { createVendorServer } from './vendor-server.ts';

/**
 * The document that `arx emulate` prints first: the addresses of the emulators and the accepted
 * credentials.
 */
export interface EmulatorDocument {
  schema: 'arx.emulate/v1';
  okta: string;
  jira: string;
  /** Ends in `/api/`, as SLACK_API_URL requires. */
  slack: string;
  control: string;
  /** Origins of sign-in and Graph, which share a server. */
  entraLogin: string;
  entraGraph: string;
  google: string;
  /** Path of the service account's key file, which only its owner can read. */
  googleServiceAccountFile: string;
  googleAdminSubject: string;
  salesforce: string;
  tokens: Record<TokenName, string>;
  jiraProject: string;
  jiraEdition: JiraEdition;
  slackChannel: string;
  /** Null if no log is kept. */
  acceptLog: string | null;
}

/** Everything that the control server and in-process tests may read and change. */
export interface EmulatorState {
  okta: OktaOrg;
  jira: JiraSite;
  slack: SlackWorkspace;
  entra: EntraDirectory;
  google: GoogleWorkspace;
  salesforce: SalesforceOrg;
  faults: Faults;
  log: AcceptLog;
  limiter: RateLimiter;
  traffic: Traffic;
}

export interface RunningEmulators extends EmulatorState {
  document: EmulatorDocument;
  close(): Promise<void>;
}

const ENTRA_PERMISSIONS = [
  'User.Read.All',
  'User.EnableDisableAccount.All',
  'User.RevokeSessions.All',
  'GroupMember.Read.All',
  'GroupMember.ReadWrite.All',
];
const GOOGLE_SCOPES = ['', '.readonly'].map(
  (end) => `https://www.googleapis.com/auth/admin.directory.user${end}`,
);
const SLACK_SCOPES = [
  'chat:write',
  'channels:history',
  'channels:read',
  'users:read',
  'users:read.email',
];

/** Starts the emulated vendors and their control server on loopback, in this process. */
export async function startEmulators(options: EmulatorOptions = {}): Promise<RunningEmulators> {
  const resolved = resolveOptions(options);
  // Starts on another thread while the organisations are built.
  void keyPair();
  const state = buildState(resolved);
  const servers = buildServers(state);
  const close = () => closeAll(servers, state.log, resolved);
  try {
    const bound = await bind(servers, resolved.ports);
    const { googleKeyFile: file, seed } = resolved;
    state.google.serviceAccount = await writeServiceAccount({ file, origin: bound.google, seed });
    return { ...state, document: describe(resolved, state, bound), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Servers = Record<PortName, Server>;

function buildServers(state: EmulatorState): Servers {
  const serve = (vendor: Vendor): Server => createVendorServer(vendor, state);
  return {
    okta: serve(oktaVendor(state.okta, state.limiter)),
    jira: serve(jiraVendor(state.jira)),
    slack: serve(slackVendor(state.slack)),
    control: createControlServer(state),
    entra: serve(entraVendor(state.entra)),
    google: serve(googleVendor(state.google)),
    salesforce: serve(salesforceVendor(state.salesforce)),
  };
}

type Origins = Record<PortName, string>;

/** Binds one port after the other, so that the error names the first port in use. */
async function bind(servers: Servers, ports: ResolvedOptions['ports']): Promise<Origins> {
  const bound: Partial<Origins> = {};
  for (const [name, port] of Object.entries(ports) as [PortName, number][]) {
    bound[name] = await listen(servers[name], port);
  }
  return bound as Origins;
}

function buildState(options: ResolvedOptions): EmulatorState {
  const { rateLimit, windowMs, windowStart, resetRounding, latencyMs, tokens, seed, indexLagMs } =
    options;
  const limits = { rateLimit, windowMs, windowStart, resetRounding };
  const settings = {
    ...limits,
    latencyMs,
    token: tokens.okta,
    denyPaths: [],
    oauth: null,
    openid: openIdSettings(tokens),
  };
  const okta = new OktaOrg(seed, settings, options.canaries);
  if (options.profile === 'demo') buildDemoOrg(okta, options);
  if (options.profile === 'plain') buildPlainOrg(okta, options);
  const jira = {
    edition: options.jiraEdition,
    basePath: options.jiraPath,
    token: tokens.jira,
    email: tokens.jiraEmail,
    indexLagMs,
    forbidReopen: false,
    anonymous: false,
  };
  const slack = new SlackWorkspace({ token: tokens.slack, scopes: SLACK_SCOPES }, seed);
  // The approvers are members of the Slack workspace, so that they can be asked there.
  const approvers = okta.groupNamed(APPROVER_GROUP);
  for (const id of approvers?.members ?? [])
    slack.addMember({ email: okta.view(id)?.profile.login ?? id });
  const others = buildAccountVendors(options);
  addAccounts({ okta, ...others });
  return {
    okta,
    ...others,
    jira: new JiraSite(jira, options.jiraProject),
    slack,
    faults: new Faults(),
    log: openAcceptLog(options.log),
    limiter: new RateLimiter(settings),
    traffic: new Traffic(),
  };
}

function buildAccountVendors({ tokens, seed, googleAdminSubject }: ResolvedOptions) {
  const tokenLifetimeS = 3599;
  const entra = {
    tenantId: tokens.entraTenantId,
    clientId: tokens.entraClientId,
    clientSecret: tokens.entraClientSecret,
    permissions: ENTRA_PERMISSIONS,
    appRoles: [],
    tokenLifetimeS,
    replicationMs: 0,
  };
  const google = {
    adminSubject: googleAdminSubject,
    scopes: GOOGLE_SCOPES,
    protectAdministrators: false,
    tokenLifetimeS,
  };
  const salesforce = {
    clientId: tokens.salesforceClientId,
    clientSecret: tokens.salesforceClientSecret,
    tokenLifetimeS: 7200,
    instanceUrl: null,
    licences: null,
  };
  return {
    entra: new EntraDirectory(entra, seed),
    google: new GoogleWorkspace(google, seed),
    salesforce: new SalesforceOrg(salesforce, seed),
  };
}

function describe(
  options: ResolvedOptions,
  { slack }: EmulatorState,
  bound: Origins,
): EmulatorDocument {
  return {
    schema: 'arx.emulate/v1',
    okta: bound.okta,
    jira: bound.jira + options.jiraPath,
    slack: `${bound.slack}/api/`,
    control: bound.control,
    entraLogin: bound.entra,
    entraGraph: bound.entra,
    google: bound.google,
    googleServiceAccountFile: options.googleKeyFile,
    googleAdminSubject: options.googleAdminSubject,
    salesforce: bound.salesforce,
    tokens: options.tokens,
    jiraProject: options.jiraProject,
    jiraEdition: options.jiraEdition,
    slackChannel: slack.channels[0]?.id ?? '',
    acceptLog: options.log,
  };
}

async function closeAll(
  servers: Servers,
  log: AcceptLog,
  { googleKeyFile }: ResolvedOptions,
): Promise<void> {
  await Promise.all(Object.values(servers).map(closeServer));
  log.close();
  // The key is no longer valid.
  rmSync(googleKeyFile, { force: true });
}
