import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { AskerUnreadableError, FlowRefusal } from '../services/flows/refusal.ts';

/** An answer that says no: status, stable code, a sentence and what to do. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly remedy: string;
  /** Seconds after which another try may be worth it; null where that says nothing. */
  readonly retryAfter: number | null;
  /** Field of the request that is wrong, and the run that it is about, where there are such. */
  readonly about: { where?: { path: string }; run?: string };
  constructor(status: ContentfulStatusCode, code: string, { message, remedy, ...told }: Told) {
    super(message);
    const { retryAfter = null, path, run } = told;
    this.retryAfter = retryAfter;
    this.status = status;
    this.code = code;
    this.remedy = remedy;
    this.about = {
      ...(path !== undefined && { where: { path } }),
      ...(run !== undefined && { run }),
    };
  }

  /** `arx.error/v1`. */
  get document(): ProblemDocument {
    return {
      schema: 'arx.error/v1',
      code: this.code,
      message: this.message,
      ...this.about,
      remedy: this.remedy,
    };
  }
}

interface Told {
  message: string;
  remedy: string;
  retryAfter?: number | null;
  path?: string | undefined;
  run?: string | undefined;
}

interface ProblemDocument {
  schema: 'arx.error/v1';
  code: string;
  message: string;
  where?: { path: string };
  run?: string;
  remedy: string;
}

/** Seconds after which what was away may be there again. */
export const AGAIN_IN_S = 5;
const AGAIN = 'Try again later; see /readyz, and the log of the server.';

/** Names of what other rooms throw where a server that this one needs does not answer. */
const AWAY: ReadonlySet<string> = new Set([
  'ConnectorError',
  'StoreUnavailableError',
  'AuditUnavailableError',
  'ServiceError',
  'TemporalUnreachableError',
]);

const STATUS_OF_REFUSAL = {
  malformed: 400,
  forbidden: 403,
  not_allowed: 403,
  disabled: 403,
  not_found: 404,
  conflict: 409,
  nothing_to_undo: 409,
} as const satisfies Record<FlowRefusal['code'], ContentfulStatusCode>;

const ofRefusal = ({ code, message, remedy, field }: FlowRefusal): Problem =>
  new Problem(STATUS_OF_REFUSAL[code], code, { message, remedy, path: field });

/**
 * What a caller is told of a thrown value: nothing of its text, which may quote what it failed on.
 */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof FlowRefusal) return ofRefusal(thrown);
  if (thrown instanceof AskerUnreadableError)
    return new Problem(503, thrown.code, {
      message: thrown.message,
      remedy: thrown.remedy,
      retryAfter: AGAIN_IN_S,
    });
  const name = thrown instanceof Error ? thrown.name : '';
  return AWAY.has(name)
    ? new Problem(503, 'unavailable', {
        message: 'A server that arx needs for this does not answer.',
        remedy: AGAIN,
      })
    : new Problem(500, 'internal', { message: 'arx could not do this.', remedy: AGAIN });
}
