/** Settings of Jira and Slack. */

import { patternReader, readSlackAddress } from './address.ts';
import type { ReadResult } from './address.ts';
import {
  editionOf,
  isGateway,
  readJiraAddress,
  readJiraEdition,
  readJiraSite,
} from './jira-address.ts';
import type { JiraEditionSetting } from './jira-address.ts';
import { optional, problemsOf, readSecret, requireVariable } from './env.ts';
import type { ArxEnv } from './env.ts';
import type { ConfigError } from '../errors.ts';
import type { Secret } from './secret.ts';

/** Connection settings of Jira. */
interface JiraSettings {
  /** `https://x.atlassian.net`, with a path if Jira is served under one; no trailing slash. */
  origin: string;
  /** The address of Jira's pages; null if only Jira knows it. */
  site: string | null;
  edition: JiraEditionSetting;
  /** Null: the token is sent as a bearer token (Data Center, service accounts). */
  email: string | null;
  token: Secret;
  projectKey: string;
}

/** Connection settings of Slack. */
interface SlackSettings {
  /** Base URL of the Web API, with a trailing slash. */
  apiUrl: string;
  token: Secret;
  /** SLACK_CHANNEL; null if it is not set. */
  channel: string | null;
}

const jiraReaders = ({ source }: ArxEnv) => ({
  origin: () => requireVariable(source, 'JIRA_URL', readJiraAddress),
  site: () => optional(source, 'JIRA_SITE_URL', readJiraSite),
  edition: () => optional(source, 'JIRA_EDITION', readJiraEdition),
  email: () => optional(source, 'JIRA_EMAIL', readEmail),
  token: () => requireVariable(source, 'JIRA_API_TOKEN', readSecret),
  projectKey: () => requireVariable(source, 'JIRA_PROJECT_KEY', readProjectKey),
});

const slackReaders = ({ source }: ArxEnv) => ({
  apiUrl: () => optional(source, 'SLACK_API_URL', readSlackAddress) ?? 'https://slack.com/api/',
  token: () => requireVariable(source, 'SLACK_BOT_TOKEN', readBotToken),
  channel: () => optional(source, 'SLACK_CHANNEL', readChannel),
});

/** Jira's settings. Throws ConfigError, which names the missing or invalid variable. */
export function requireJira(env: ArxEnv): JiraSettings {
  const { site, edition, email, token, projectKey, ...read } = jiraReaders(env);
  const origin = read.origin();
  return {
    origin,
    site: site() ?? (isGateway(origin) ? null : origin),
    edition: edition() ?? editionOf(origin),
    email: email(),
    token: token(),
    projectKey: projectKey(),
  };
}

/** Slack's settings. Throws ConfigError, which names the missing or invalid variable. */
export function requireSlack(env: ArxEnv): SlackSettings {
  const { apiUrl, token, channel } = slackReaders(env);
  return { apiUrl: apiUrl(), token: token(), channel: channel() };
}

/** SLACK_SIGNING_SECRET; null if it is not set. Throws ConfigError. */
export const slackSigningSecret = ({ source }: ArxEnv): Secret | null =>
  optional(source, 'SLACK_SIGNING_SECRET', readSecret);

/** The missing or invalid variables of Jira. */
export const jiraProblems = (env: ArxEnv): ConfigError[] =>
  problemsOf(Object.values(jiraReaders(env)));

/** The missing or invalid variables of Slack. */
export const slackProblems = (env: ArxEnv): ConfigError[] =>
  problemsOf(Object.values(slackReaders(env)));

const readEmail = patternReader(/^[^\s@"']+@[^\s@"']+$/u, 'is not an e-mail address');
const readProjectKey = patternReader(
  /^[A-Z][A-Z0-9_]{1,254}$/,
  'is not a project key (capitals, digits, _)',
);
const readChannel = patternReader(/^#?[^\s#@"']{1,80}$/u, 'is neither a channel id nor a name');

function readBotToken(text: string): ReadResult<Secret> {
  const wrongKind = /^(xapp|xoxp|xoxa|xoxr)-/.test(text);
  return wrongKind
    ? { ok: false, problem: 'is not a bot token', remedy: 'Use the token that begins with xoxb-.' }
    : readSecret(text);
}
