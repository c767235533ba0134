/** Reads the addresses of Jira, of its pages, and its edition. */

import { isLoopback, readAddress } from './address.ts';
import type { ReadResult } from './address.ts';

/**
 * The edition of Jira: Cloud, Data Center (or Server), or `ask` if only Jira itself can tell.
 */
export type JiraEditionSetting = 'cloud' | 'data_center' | 'ask';

/** The host that serves the API of Jira Cloud to scoped tokens and service accounts. */
const GATEWAY_HOST = 'api.atlassian.com';
const GATEWAY_PATH = /^\/ex\/jira\/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** Paths of Jira's pages and of its API, which people copy from a browser or from examples. */
const PAGE =
  /\/(?:browse\/|projects\/[A-Z]|issues\/.|secure\/|rest\/|plugins\/servlet|servicedesk\/|login\.jsp|wiki(?:\/|$)|jira\/(?:software|core|servicedesk|your-work|for-you|dashboards|people|projects|settings)(?:\/|$))/;

const TO_BASE =
  'Use the address without the page, such as https://example.atlassian.net, or https://jira.example.com/jira where Jira Data Center has a context path.';
const TO_GATEWAY =
  'Use https://api.atlassian.com/ex/jira/CLOUD_ID; https://SITE.atlassian.net/_edge/tenant_info shows the cloud id.';

/**
 * Reads JIRA_URL: a site, the gateway of Jira Cloud with its cloud id, or Data Center with its context
 * path. The result has no trailing slash. Addresses of pages are refused.
 */
export function readJiraAddress(text: string): ReadResult<string> {
  const [plain = ''] = text.split(/[?#]/, 1);
  const read = readAddress(plain, { path: true });
  if (!read.ok) return read;
  const { hostname, origin } = read.value;
  const path = read.value.pathname.replace(/\/+$/, '');
  if (hostname === GATEWAY_HOST)
    return GATEWAY_PATH.test(path)
      ? { ok: true, value: origin + path }
      : { ok: false, problem: 'does not name a site', remedy: TO_GATEWAY };
  if (PAGE.test(path))
    return { ok: false, problem: 'is the address of a page of Jira', remedy: TO_BASE };
  if (plain !== text) return { ok: false, problem: 'has a query or fragment', remedy: TO_BASE };
  if (path !== '' && isCloudHost(hostname))
    return { ok: false, problem: 'has a path', remedy: TO_BASE };
  return { ok: true, value: origin + path };
}

/** Reads JIRA_SITE_URL, the address under which people open Jira. */
export function readJiraSite(text: string): ReadResult<string> {
  const read = readJiraAddress(text);
  return read.ok && isGateway(read.value)
    ? {
        ok: false,
        problem: 'is an address for programs, not for people',
        remedy: 'Use the address of the site, such as https://example.atlassian.net.',
      }
    : read;
}

/** Reads JIRA_EDITION. */
export function readJiraEdition(text: string): ReadResult<JiraEditionSetting> {
  return text === 'cloud' || text === 'data_center'
    ? { ok: true, value: text }
    : {
        ok: false,
        problem: 'is not an edition of Jira',
        remedy: 'Use cloud or data_center, or remove it: arx then asks Jira.',
      };
}

/**
 * Whether an address is that of the gateway, from which no page can be derived. On loopback, an
 * emulator may stand in for it.
 */
export function isGateway(address: string): boolean {
  const { hostname, pathname } = new URL(address);
  return GATEWAY_PATH.test(pathname) && (hostname === GATEWAY_HOST || isLoopback(hostname));
}

/** The edition that an address proves. */
export const editionOf = (address: string): JiraEditionSetting =>
  isGateway(address) || isCloudHost(new URL(address).hostname) ? 'cloud' : 'ask';

const isCloudHost = (hostname: string): boolean => /\.(?:atlassian\.net|jira\.com)$/.test(hostname);
