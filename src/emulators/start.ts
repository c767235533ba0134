import type { Server } from 'node:http';
import { openAcceptLog } from './accept-log.ts';
import type { AcceptLog } from './accept-log.ts';
import { createControlServer } from './control/server.ts';
import { APPROVER_GROUP, buildDemoOrg } from './demo/org.ts';
import { buildPlainOrg } from './demo/plain.ts';
import { Faults } from './faults.ts';
import { closeServer, listen } from './http.ts';
import { JiraSite } from './jira/site.ts';
import { jiraVendor } from './jira/vendor.ts';
import { OktaOrg } from './okta/org.ts';
import { oktaVendor } from './okta/vendor.ts';
import type { EmulatorOptions, ResolvedOptions } from './options.ts';
import { resolveOptions } from './options.ts';
import { RateLimiter } from './rate-limit.ts';
import { slackVendor } from './slack/vendor.ts';
import { SlackWorkspace } from './slack/workspace.ts';
import { Traffic } from './traffic.ts';
import type { Vendor } from './types.ts';
import { createVendorServer } from './vendor-server.ts';

/** The document that `emulate` prints first: where the emulators are and what they accept. */
export interface EmulatorDocument {
  schema: 'arx.emulate/v1';
  okta: string;
  jira: string;
  /** Ends in `/api/`, as SLACK_API_URL wants it. */
  slack: string;
  control: string;
  tokens: Record<'okta' | 'jira' | 'jiraEmail' | 'slack', string>;
  jiraProject: string;
  slackChannel: string;
  /** Null where none is kept. */
  acceptLog: string | null;
}

/** Everything the control server and in-process tests may look at and change. */
export interface EmulatorState {
  okta: OktaOrg;
  jira: JiraSite;
  slack: SlackWorkspace;
  faults: Faults;
  log: AcceptLog;
  limiter: RateLimiter;
  traffic: Traffic;
}

export interface RunningEmulators extends EmulatorState {
  document: EmulatorDocument;
  close(): Promise<void>;
}

const SLACK_SCOPES = ['chat:write', 'channels:history', 'channels:read', 'users:read', 'users:read.email'];

/** Starts emulated Okta, Jira and Slack and their control server on loopback, in this process. */
export async function startEmulators(options: EmulatorOptions = {}): Promise<RunningEmulators> {
  const resolved = resolveOptions(options);
  const state = buildState(resolved);
  const vendors = [oktaVendor(state.okta, state.limiter), jiraVendor(state.jira), slackVendor(state.slack)];
  const servers: Server[] = [
    ...vendors.map((vendor: Vendor) => createVendorServer(vendor, state)),
    createControlServer(state),
  ];
  const { okta, jira, slack, control } = resolved.ports;
  const bound: string[] = [];
  try {
    for (const [index, port] of [okta, jira, slack, control].entries())
      bound.push(await listen(servers[index] as Server, port));
  } catch (error) {
    await closeAll(servers, state.log);
    throw error;
  }
  return { ...state, document: describe(resolved, state, bound), close: () => closeAll(servers, state.log) };
}

function buildState(options: ResolvedOptions): EmulatorState {
  const { rateLimit, windowMs, windowStart, resetRounding, latencyMs, tokens, seed, indexLagMs } = options;
  const limits = { rateLimit, windowMs, windowStart, resetRounding };
  const settings = { ...limits, latencyMs, token: tokens.okta, denyPaths: [], oauth: null };
  const okta = new OktaOrg(seed, settings, options.canaries);
  if (options.profile === 'demo') buildDemoOrg(okta, options);
  if (options.profile === 'plain') buildPlainOrg(okta, options);
  const jira = { token: tokens.jira, email: tokens.jiraEmail, indexLagMs, forbidReopen: false, anonymous: false };
  const slack = new SlackWorkspace({ token: tokens.slack, scopes: SLACK_SCOPES }, seed);
  // Who may approve can be reached, and answer, in Slack.
  const approvers = okta.groupNamed(APPROVER_GROUP);
  for (const id of approvers?.members ?? []) slack.addMember({ email: okta.view(id)?.profile.login ?? id });
  return {
    okta,
    jira: new JiraSite(jira, options.jiraProject),
    slack,
    faults: new Faults(),
    log: openAcceptLog(options.log),
    limiter: new RateLimiter(settings),
    traffic: new Traffic(),
  };
}

function describe(options: ResolvedOptions, { slack }: EmulatorState, bound: readonly string[]): EmulatorDocument {
  const [oktaUrl = '', jiraUrl = '', slackUrl = '', controlUrl = ''] = bound;
  return {
    schema: 'arx.emulate/v1',
    okta: oktaUrl,
    jira: jiraUrl,
    slack: `${slackUrl}/api/`,
    control: controlUrl,
    tokens: options.tokens,
    jiraProject: options.jiraProject,
    slackChannel: slack.channels[0]?.id ?? '',
    acceptLog: options.log,
  };
}

async function closeAll(servers: readonly Server[], log: AcceptLog): Promise<void> {
  await Promise.all(servers.map(closeServer));
  log.close();
}
