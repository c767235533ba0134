import type { IncomingHttpHeaders } from 'node:http';

export type VendorName = 'okta' | 'jira' | 'slack' | 'entra' | 'google' | 'salesforce';
export type Json = Record<string, unknown>;

/**
 * A request as the route handlers see it: path decoded into `params`, body parsed from JSON or a
 * form.
 */
export interface EmulatedRequest {
  method: string;
  /** Path as sent, without the query. */
  path: string;
  rawQuery: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Parsed body; undefined where there is none or it does not parse. */
  body: unknown;
  /** Body text as sent. */
  text: string;
  params: Record<string, string>;
  /** `http://host:port` as the caller addressed it, so that links survive a proxy in between. */
  origin: string;
}

/**
 * What a handler answers. `body` is sent as JSON, `text` as it stands; neither gives an empty
 * answer.
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
  /** OAuth scope a service app's token needs. */
  scope?: string;
  /** Reached without a token (the token endpoint itself). */
  open?: boolean;
  /** The logged body leaves these fields out. */
  redact?: readonly string[];
  handle: (request: EmulatedRequest) => Answer;
}

/**
 * Outcome of the checks before a handler: headers for whatever is answered, and the refusal if
 * there is one.
 */
export interface Guarded {
  headers: Record<string, string>;
  refusal: Answer | null;
}

/** How one vendor words the answers that faults ask for. */
export interface FaultAnswers {
  status(status: number): Answer;
  rateLimited(rule: FaultRule): Answer;
  unauthorized(): Answer;
  expiredCursor(): Answer;
  /** An empty page whose next link leads to the page that was asked for. */
  emptyPage(request: EmulatedRequest): Answer;
  /** The handler's answer with its next link pointed at `url`. */
  foreignNextLink(answer: Answer, url: string): Answer;
}

/** One emulated vendor: a route table and its manners. */
export interface Vendor {
  name: VendorName;
  routes: readonly Route[];
  guard(request: EmulatedRequest, route: Route | null): Guarded;
  unknownRoute(request: EmulatedRequest): Answer;
  faults: FaultAnswers;
  /** How much later than decided each answer leaves, in milliseconds; absent for at once. */
  latencyMs?: () => number;
  /** Whether an answer means that the vendor took the request (Slack says no with a 200). */
  taken(answer: Answer): boolean;
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

/** A fault to inject. Matching requests are counted from the moment the rule is added. */
export interface FaultRule {
  vendor: VendorName;
  method?: string;
  /** Regular expression over path and query. */
  pathPattern?: string;
  /** 0 to 1, drawn per matching request from `seed`. Default 1. */
  probability?: number;
  seed?: number;
  /** So many matching requests pass first. */
  after?: number;
  /** Strike at most so often. */
  times?: number;
  /**
   * Before or after the vendor accepted the request. Default `before`; `foreignNextLink` is always
   * `after`.
   */
  moment?: 'before' | 'after';
  kind: FaultKind;
  /** latency: milliseconds. */
  ms?: number;
  /** status: code and optional body (an object is sent as JSON). */
  status?: number;
  body?: unknown;
  /** rateLimited: form of the reset headers. Default `normal`. */
  headers?: 'normal' | 'none' | 'past' | 'garbled' | 'duplicate';
  /**
   * rateLimited: seconds until the reset (Okta) or in Retry-After (the others); null leaves
   * Retry-After out.
   */
  retryAfter?: number | null;
  /** foreignNextLink, redirect: where to. */
  url?: string;
}

/** One line of the accept log: what a vendor took, or refused, and in which order. */
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
  /** Status of the vendor's own decision; null where a fault struck before there was one. */
  status: number | null;
  /** Status really sent; null where the connection was cut or left hanging. */
  sent: number | null;
  /** The write took effect, or the read was answered. */
  accepted: boolean;
  fault?: FaultKind;
  effect?: Json;
}
