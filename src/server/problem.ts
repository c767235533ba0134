import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ConfigError } from '../config/errors.ts';
import { RunEndedError } from '../services/checks/cancel-check.ts';
import { CheckRefusedError } from '../services/checks/start-check.ts';
import { KeyRefusedError } from '../services/keys/create-key.ts';
import { overHttp } from './http-remedies.ts';
import { RequesterUnreadableError, FlowRefusal } from '../services/flows/refusal.ts';

/** An error answer: status, stable code, message and remedy. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly remedy: string;
  /** Seconds after which a retry may succeed; null if unknown. */
  readonly retryAfter: number | null;
  /** The wrong field of the request, and the run in question, if any. */
  readonly about: { where?: { path: string }; run?: string };
  constructor(
    status: ContentfulStatusCode,
    code: string,
    { message, remedy, ...details }: ProblemDetails,
  ) {
    super(message);
    const { retryAfter = null, path, run } = details;
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

interface ProblemDetails {
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

/** Seconds after which an unavailable server may be back. */
export const RETRY_AFTER_S = 5;
const RETRY_REMEDY = 'Try again later; see /readyz, and the log of the server.';

/** Names of errors of other rooms that mean: a server behind this one does not answer. */
const UNAVAILABLE: ReadonlySet<string> = new Set([
  'ConnectorError',
  'StoreUnavailableError',
  'AuditUnavailableError',
  'GrantUnavailableError',
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

const refusalProblem = ({ code, message, remedy, field }: FlowRefusal): Problem =>
  new Problem(STATUS_OF_REFUSAL[code], code, { message, remedy: overHttp(remedy), path: field });

/**
 * The answer for a thrown value. Unknown errors are not quoted, because their text may contain
 * data.
 */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof FlowRefusal) return refusalProblem(thrown);
  if (thrown instanceof RequesterUnreadableError)
    return new Problem(503, thrown.code, {
      message: thrown.message,
      remedy: thrown.remedy,
      retryAfter: RETRY_AFTER_S,
    });
  if (thrown instanceof RunEndedError) return new Problem(409, thrown.code, thrown);
  if (thrown instanceof CheckRefusedError) return new Problem(400, thrown.code, thrown);
  if (thrown instanceof ConfigError) return new Problem(409, thrown.code, thrown);
  if (thrown instanceof KeyRefusedError) return new Problem(403, thrown.code, thrown);
  const name = thrown instanceof Error ? thrown.name : '';
  return UNAVAILABLE.has(name)
    ? new Problem(503, 'unavailable', {
        message: 'A server that arx needs for this does not answer.',
        remedy: RETRY_REMEDY,
      })
    : new Problem(500, 'internal', {
        message: 'arx could not handle this request.',
        remedy: RETRY_REMEDY,
      });
}
