import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** An answer that says no: status, stable code, a sentence and what to do. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly remedy: string;
  /** Seconds after which another try may be worth it; null where that says nothing. */
  readonly retryAfter: number | null;
  constructor(
    status: ContentfulStatusCode,
    code: string,
    { message, remedy, retryAfter = null }: { message: string; remedy: string; retryAfter?: number | null },
  ) {
    super(message);
    this.retryAfter = retryAfter;
    this.status = status;
    this.code = code;
    this.remedy = remedy;
  }

  /** `arx.error/v1`. */
  get document(): { schema: 'arx.error/v1'; code: string; message: string; remedy: string } {
    return { schema: 'arx.error/v1', code: this.code, message: this.message, remedy: this.remedy };
  }
}

const AGAIN = 'Try again later; see /readyz, and the log of the server.';

/** Names of what other rooms throw where a server that this one needs does not answer. */
const AWAY: ReadonlySet<string> = new Set([
  'ConnectorError',
  'StoreUnavailableError',
  'AuditUnavailableError',
  'ServiceError',
  'TemporalUnreachableError',
]);

/** What a caller is told of a thrown value: nothing of its text, which may quote what it failed on. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const name = thrown instanceof Error ? thrown.name : '';
  return AWAY.has(name)
    ? new Problem(503, 'unavailable', { message: 'A server that arx needs for this does not answer.', remedy: AGAIN })
    : new Problem(500, 'internal', { message: 'arx could not do this.', remedy: AGAIN });
}
