/** A bucket with versions and object lock, as the documentation of Amazon S3 describes them. */

import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

interface Version {
  id: string;
  /** Null for a delete marker. */
  body: Buffer | null;
  lock: { mode: string; until: number } | null;
}

/** An answer of the store: an S3 error code, or a body. */
export interface S3Answer {
  status: number;
  code?: string;
  body?: Buffer | string;
}

export interface BucketOptions {
  /** Created with Object Lock. */
  objectLock: boolean;
  /** Overwrites in spite of If-None-Match, as old stores do. */
  ignoresConditions: boolean;
}

/** The objects of one bucket. */
export class Bucket {
  readonly #versions = new Map<string, Version[]>();
  readonly #options: BucketOptions;
  #count = 0;

  constructor(options: BucketOptions) {
    this.#options = options;
  }

  put(key: string, body: Buffer, headers: IncomingHttpHeaders): S3Answer {
    const lock = lockOf(headers);
    const fault = checksumFault(body, headers) ?? this.#lockFault(lock, headers);
    if (fault) return fault;
    const isTaken = this.#current(key) !== null;
    if (isTaken && headers['if-none-match'] === '*' && !this.#options.ignoresConditions)
      return { status: 412, code: 'PreconditionFailed' };
    this.#add(key, { body, lock: lock && { mode: lock.mode, until: Date.parse(lock.until) } });
    return { status: 200 };
  }

  #lockFault(lock: ReturnType<typeof lockOf>, headers: IncomingHttpHeaders): S3Answer | null {
    if (lock === null) return null;
    if (!this.#options.objectLock) return { status: 400, code: 'InvalidRequest' };
    const isChecked = headers['x-amz-checksum-sha256'] && headers['x-amz-sdk-checksum-algorithm'];
    if (!headers['content-md5'] && !isChecked) return { status: 400, code: 'InvalidRequest' };
    const isValid =
      /^(GOVERNANCE|COMPLIANCE)$/.test(lock.mode) && Date.parse(lock.until) > Date.now();
    return isValid ? null : { status: 400, code: 'InvalidArgument' };
  }

  get(key: string): S3Answer {
    const body = this.#current(key)?.body;
    return body ? { status: 200, body } : { status: 404, code: 'NoSuchKey' };
  }

  /** Without a version, adds a delete marker; a locked version cannot be removed. */
  remove(key: string, version: string | null, headers: IncomingHttpHeaders): S3Answer {
    if (version === null) {
      this.#add(key, { body: null, lock: null });
      return { status: 204 };
    }
    const versions = this.#versions.get(key) ?? [];
    const found = versions.find(({ id }) => id === version);
    const bypass = headers['x-amz-bypass-governance-retention'] === 'true';
    const isLocked =
      found?.lock && found.lock.until > Date.now() && !(found.lock.mode === 'GOVERNANCE' && bypass);
    if (isLocked) return { status: 403, code: 'AccessDenied' };
    this.#versions.set(
      key,
      versions.filter((one) => one !== found),
    );
    return { status: 204 };
  }

  list(query: URLSearchParams): S3Answer {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('start-after') ?? '';
    const limit = Math.min(1_000, Number(query.get('max-keys') ?? 1_000));
    const keys = [...this.#versions.keys()]
      .filter((key) => key.startsWith(prefix) && key > after && this.#current(key) !== null)
      .toSorted();
    const page = keys.slice(0, limit);
    const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
    const more = `<IsTruncated>${keys.length > page.length}</IsTruncated>`;
    return {
      status: 200,
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${more}${contents}</ListBucketResult>`,
    };
  }

  /** Everything that is kept, for tests. */
  snapshot(): { key: string; version: string; text: string | null; lock: Version['lock'] }[] {
    return [...this.#versions].toSorted().flatMap(([key, versions]) =>
      versions.map(({ id, body, lock }) => ({
        key,
        version: id,
        text: body?.toString('utf8') ?? null,
        lock,
      })),
    );
  }

  /** Replaces an object in place, which S3 does not offer: for tests of what is found. */
  tamper(key: string, body: Buffer | null): void {
    this.#versions.delete(key);
    if (body) this.#add(key, { body, lock: null });
  }

  #current(key: string): Version | null {
    const last = this.#versions.get(key)?.at(-1);
    return last?.body ? last : null;
  }

  #add(key: string, version: Omit<Version, 'id'>): void {
    const id = `v${(this.#count += 1)}`;
    this.#versions.set(key, [...(this.#versions.get(key) ?? []), { ...version, id }]);
  }
}

function lockOf(headers: IncomingHttpHeaders): { mode: string; until: string } | null {
  const mode = headers['x-amz-object-lock-mode'];
  const until = headers['x-amz-object-lock-retain-until-date'];
  if (mode === undefined && until === undefined) return null;
  return { mode: String(mode), until: String(until) };
}

function checksumFault(body: Buffer, headers: IncomingHttpHeaders): S3Answer | null {
  const stated = headers['x-amz-checksum-sha256'];
  if (stated === undefined) return null;
  const found = createHash('sha256').update(body).digest('base64');
  return stated === found ? null : { status: 400, code: 'BadDigest' };
}
