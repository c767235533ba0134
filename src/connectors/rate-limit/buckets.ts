/** The names of the rate-limit buckets of each vendor. */

import type { ConnectorName } from '../../governance/types.ts';
import type { BucketStore } from './types.ts';

/**
 * Okta counts by family of paths: everything under /users (including factors) shares one bucket,
 * and so on. The token endpoint has its own. (developer.okta.com, rate limits)
 */
const oktaBucket = (path: string): string => {
  const [, first = '', second = '', third = ''] = path.split('/');
  return first === 'api' ? third : `${first}/${second}/${third}`;
};

/** One bucket for everything except tokens, which another server issues. */
const oneOf = (name: string) => (path: string) => (/\/token$/.test(path) ? 'token' : name);

/**
 * Slack counts by method, Jira by the whole site; the others do not report their limits before they
 * are used up.
 */
const BUCKETS: Record<ConnectorName, (path: string) => string> = {
  okta: oktaBucket,
  jira: () => 'site',
  slack: (path) => path.slice(path.lastIndexOf('/') + 1),
  entra: oneOf('graph'),
  google: oneOf('directory'),
  salesforce: oneOf('org'),
  email: () => 'mail',
};

/** The bucket in which a request to `path` is counted. */
export const bucketOf = (connector: ConnectorName, path: string): string =>
  BUCKETS[connector](path);

/**
 * The key under which a bucket of the vendor at this host is stored, such as
 * `okta:example.okta.com:users`.
 */
export const bucketKey = (connector: ConnectorName, host: string, bucket: string): string =>
  `${connector}:${host}:${bucket}`;

/** The part of a bucket store that one vendor uses. */
export const bucketStoreFor = (
  store: BucketStore,
  nameOf: (bucket: string) => string,
): BucketStore => ({
  now: () => store.now(),
  change: (bucket, step) => store.change(nameOf(bucket), step),
});
