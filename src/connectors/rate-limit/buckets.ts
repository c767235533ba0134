import type { ConnectorName } from '../../governance/types.ts';
import type { BucketBook } from './types.ts';

/**
 * Okta counts by family of paths: everything under /users (factors too) shares one bucket, and so
 * on. The token endpoint has its own. (developer.okta.com, rate limits)
 */
const oktaBucket = (path: string): string => {
  const [, first = '', second = '', third = ''] = path.split('/');
  return first === 'api' ? third : `${first}/${second}/${third}`;
};

/** Everything in one bucket, but tokens, which another server hands out, in their own. */
const oneOf = (name: string) => (path: string) => (/\/token$/.test(path) ? 'token' : name);

/**
 * Slack counts by method, Jira by the whole site; the others tell nothing of their limits before
 * they are used up.
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

/** Name of the bucket that a request to `path` is counted in. */
export const bucketOf = (connector: ConnectorName, path: string): string =>
  BUCKETS[connector](path);

/**
 * Name under which a book keeps a bucket of the vendor at this host, such as
 * `okta:example.okta.com:users`.
 */
export const bucketKey = (connector: ConnectorName, host: string, bucket: string): string =>
  `${connector}:${host}:${bucket}`;

/** The part of a book that one vendor uses. */
export const bookFor = (book: BucketBook, nameOf: (bucket: string) => string): BucketBook => ({
  now: () => book.now(),
  change: (bucket, step) => book.change(nameOf(bucket), step),
});
