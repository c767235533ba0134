import { matching, readOrigin, readSlackAddress } from './address.ts';
import type { Read } from './address.ts';
import { optional, problemsOf, readSecret, requireVariable } from './env.ts';
import type { ArxEnv } from './env.ts';
import type { ConfigError } from '../errors.ts';
import type { Secret } from './secret.ts';

/** How Jira is reached. */
export interface JiraSettings {
  /** `https://x.atlassian.net`, no slash at the end. */
  origin: string;
  /** Null: the token is sent as a bearer token (Data Center). */
  email: string | null;
  token: Secret;
  projectKey: string;
}

/** How Slack is reached. */
export interface SlackSettings {
  /** Base of the Web API, with a slash at its end. */
  apiUrl: string;
  token: Secret;
  /** SLACK_CHANNEL; null where it is not set. */
  channel: string | null;
}

const jiraReaders = ({ source }: ArxEnv) => ({
  origin: () => requireVariable(source, 'JIRA_URL', readOrigin),
  email: () => optional(source, 'JIRA_EMAIL', readEmail),
  token: () => requireVariable(source, 'JIRA_API_TOKEN', readSecret),
  projectKey: () => requireVariable(source, 'JIRA_PROJECT_KEY', readProjectKey),
});

const slackReaders = ({ source }: ArxEnv) => ({
  apiUrl: () => optional(source, 'SLACK_API_URL', readSlackAddress) ?? 'https://slack.com/api/',
  token: () => requireVariable(source, 'SLACK_BOT_TOKEN', readBotToken),
  channel: () => optional(source, 'SLACK_CHANNEL', readChannel),
});

/** Jira's settings; throws ConfigError that names the variable which is missing or wrong. */
export function requireJira(env: ArxEnv): JiraSettings {
  const { origin, email, token, projectKey } = jiraReaders(env);
  return { origin: origin(), email: email(), token: token(), projectKey: projectKey() };
}

/** Slack's settings; throws ConfigError that names the variable which is missing or wrong. */
export function requireSlack(env: ArxEnv): SlackSettings {
  const { apiUrl, token, channel } = slackReaders(env);
  return { apiUrl: apiUrl(), token: token(), channel: channel() };
}

/** SLACK_SIGNING_SECRET; null where it is not set. Throws ConfigError. */
export const slackSigningSecret = ({ source }: ArxEnv): Secret | null =>
  optional(source, 'SLACK_SIGNING_SECRET', readSecret);

/** Everything that is missing or wrong of Jira's variables. */
export const jiraProblems = (env: ArxEnv): ConfigError[] =>
  problemsOf(Object.values(jiraReaders(env)));

/** Everything that is missing or wrong of Slack's variables. */
export const slackProblems = (env: ArxEnv): ConfigError[] =>
  problemsOf(Object.values(slackReaders(env)));

const readEmail = matching(/^[^\s@"']+@[^\s@"']+$/u, 'is not an e-mail address');
const readProjectKey = matching(
  /^[A-Z][A-Z0-9_]{1,254}$/,
  'is not a project key (capitals, digits, _)',
);
const readChannel = matching(/^#?[^\s#@"']{1,80}$/u, 'is neither a channel id nor a name');

function readBotToken(text: string): Read<Secret> {
  const wrongKind = /^(xapp|xoxp|xoxa|xoxr)-/.test(text);
  return wrongKind
    ? { ok: false, problem: 'is not a bot token', remedy: 'Use the one that begins with xoxb-.' }
    : readSecret(text);
}
