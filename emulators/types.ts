import type { IncomingHttpHeaders } from 'node:http';

export const VENDOR_NAMES = ['okta', 'jira', 'slack', 'entra', 'google', 'salesforce'] as const;
export type VendorName = (typeof VENDOR_NAMES)[number];
export type Json = Record<string, unknown>;

/**
 * A request for the route handlers: path segments decoded into `params`, body parsed from JSON or a
 * form.
 */
export interface EmulatedRequest {
  method: string;
  /** Path as sent, without the query. */
  path: string;
  rawQuery: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Parsed body; undefined if there is none or it cannot be parsed. */
  body: unknown;
  /** Body text as sent. */
  text: string;
  params: Record<string, string>;
  /** `http://host:port` as used by the caller, so that links work through a proxy. */
  origin: string;
}

/**
 * The answer of a handler. `body` is sent as JSON, `text` unchanged; without both, the answer is
 * empty.
 */
export interface Answer {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: unknown;
  text?: string;
  /** What the request changed, for the accept log. */
  effect?: Json;
}

/** One row of a vendor's route table. `:name` segments become params. */
export interface Route {
  method: string;
  path: string;
  operation: string;
  /** The request changes state at the vendor. */
  write?: boolean;
  /** OAuth scope that a service app's token needs. */
  scope?: string;
  /** Accepts requests without a token (the token endpoint itself). */
  open?: boolean;
  /** Fields that are hidden in the logged body. */
  redact?: readonly string[];
  handle: (request: EmulatedRequest) => Answer;
}

/**
 * The result of the checks before a handler: headers for every answer, and the refusal if there is
 * one.
 */
export interface GuardResult {
  headers: Record<string, string>;
  refusal: Answer | null;
}

/** A vendor's own form of the answers for faults. */
export interface FaultAnswers {
  status(status: number): Answer;
  rateLimited(rule: FaultRule): Answer;
  unauthorized(): Answer;
  expiredCursor(): Answer;
  /** An empty page whose next link leads to the requested page. */
  emptyPage(request: EmulatedRequest): Answer;
  /** The handler's answer with its next link changed to `url`. */
  foreignNextLink(answer: Answer, url: string): Answer;
}

/** One emulated vendor: its routes, checks and fault answers. */
export interface Vendor {
  name: VendorName;
  routes: readonly Route[];
  /** The request as the routes see it, if the vendor is served below a path. */
  locate?(request: EmulatedRequest): EmulatedRequest;
  guard(request: EmulatedRequest, route: Route | null): GuardResult;
  unknownRoute(request: EmulatedRequest): Answer;
  faults: FaultAnswers;
  /** Delay of each answer in milliseconds; absent for none. */
  latencyMs?: () => number;
  /**
   * Whether an answer means that the vendor accepted the request (Slack refuses with status 200).
   */
  isAccepted(answer: Answer): boolean;
}

export type FaultKind =
  | 'latency'
  | 'reset'
  | 'hang'
  | 'status'
  | 'html200'
  | 'truncated'
  | 'emptyPage'
  | 'expiredCursor'
  | 'rateLimited'
  | 'unauthorized'
  | 'foreignNextLink'
  | 'redirect';

/** A fault to inject. Matching requests are counted from when the rule is added. */
export interface FaultRule {
  vendor: VendorName;
  method?: string;
  /** Regular expression over path and query. */
  pathPattern?: string;
  /** Probability from 0 to 1, drawn per matching request from `seed`. Default 1. */
  probability?: number;
  seed?: number;
  /** Number of matching requests that pass first. */
  after?: number;
  /** Maximum number of times that the rule takes effect. */
  times?: number;
  /**
   * Whether the fault occurs before or after the vendor handles the request. Default `before`;
   * `foreignNextLink` is always `after`.
   */
  moment?: 'before' | 'after';
  kind: FaultKind;
  /** latency: milliseconds. */
  ms?: number;
  /** status: code and optional body (an object is sent as JSON). */
  status?: number;
  body?: unknown;
  /**
   * rateLimited: form of the reset headers. Default `normal`; `concurrent` is Okta's limit on
   * requests at the same time.
   */
  headers?: 'normal' | 'none' | 'past' | 'garbled' | 'duplicate' | 'concurrent';
  /**
   * rateLimited: seconds until the reset (Okta) or in Retry-After (the others); null omits
   * Retry-After.
   */
  retryAfter?: number | null;
  /** foreignNextLink, redirect: the target. */
  url?: string;
}

/** One line of the accept log: a request that a vendor accepted or refused. */
export interface LogEntry {
  seq: number;
  /** ISO 8601. */
  at: string;
  vendor: VendorName;
  method: string;
  path: string;
  query: string;
  body?: unknown;
  operation: string;
  write: boolean;
  /** Status of the vendor's own answer; null if a fault occurred before it. */
  status: number | null;
  /** Status that was sent; null if the connection was closed or left open without an answer. */
  sent: number | null;
  /** Whether the write took effect, or the read was answered. */
  accepted: boolean;
  fault?: FaultKind;
  effect?: Json;
}
