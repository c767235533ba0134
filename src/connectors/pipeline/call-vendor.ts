/** Makes one approved call through a vendor's client. */

import { ConnectorError, EndlessListError } from '../errors.ts';
import { refusalError, requestIdOf, unsentError } from '../transport/failure.ts';
import type { Approved, Scope } from '../transport/exchange.ts';
import type { CallIdentity, Refusal } from '../transport/failure.ts';
import type { HttpResponse } from '../transport/http.ts';
import type { AnyRow, OperationRow } from './operation.ts';
import type { CallContext, CallOutcome } from '../types.ts';

/** A vendor's client: lends its handle to one call, and interprets the vendor's responses. */
export interface VendorClient<Handle> {
  /**
   * Learns what the vendor's paths depend on, before the first call. Sets the scope's failure and
   * throws it if that fails.
   */
  prepare?(scope: Scope): Promise<void>;
  /** The vendor's path for a path of the catalogue, for example with a base path. */
  pathOf(path: string): string;
  /** Runs `use`; every request that it sends belongs to `scope`. */
  lend(scope: Scope, use: (handle: Handle) => Promise<unknown>): Promise<unknown>;
  /** Null for a success. `json` is undefined if the body is empty or not JSON. */
  refusal(response: HttpResponse, json: unknown, operation: string): Refusal | null;
}

/** Thrown by projections: the response is well-formed but states that the object does not exist. */
export class NotFoundInAnswer extends Error {
  override readonly name = 'NotFoundInAnswer';
}

/** Thrown by projections: the response is for an anonymous user. */
export class AnonymousAnswer extends Error {
  override readonly name = 'AnonymousAnswer';
}

interface VendorCall {
  called: CallIdentity;
  approved: Approved;
  input: unknown;
  context: CallContext<unknown>;
  confirm?: (() => Promise<void>) | undefined;
}

/** Makes one call and reads its response. Never throws; the outcome covers every failure. */
export async function callVendor<Handle>(
  client: VendorClient<Handle>,
  row: AnyRow<Handle>,
  { called, approved, input, context, confirm }: VendorCall,
): Promise<CallOutcome<unknown>> {
  const { send, project, alreadyDone } = row as OperationRow<unknown, unknown, Handle>;
  const scope: Scope = {
    called,
    run: context.caller.run,
    approved,
    priority: context.priority ?? 'scan',
    signal: context.signal,
    confirm: called.write ? confirm : undefined,
    response: null,
    failure: null,
  };
  await client.prepare?.(scope).catch(() => undefined);
  if (scope.failure) return { ok: false, error: scope.failure };
  scope.approved = { method: approved.method, path: client.pathOf(approved.path) };
  // The result of the vendor's client is ignored, including its errors; the response itself is
  // read.
  await client.lend(scope, (handle) => send(handle, input)).catch(() => undefined);
  if (scope.failure) return { ok: false, error: scope.failure };
  if (!scope.response) return { ok: false, error: unsentError(called) };
  return read(client, scope.response, {
    called,
    input,
    alreadyDone: alreadyDone && ((json, response) => alreadyDone({ json, response, input })),
    project: (json, response) => project({ json, response, input }),
  });
}

interface ReadOptions {
  called: CallIdentity;
  input: unknown;
  alreadyDone: ((json: unknown, response: HttpResponse) => boolean) | undefined;
  project: (json: unknown, response: HttpResponse) => unknown;
}

function read<Handle>(
  client: VendorClient<Handle>,
  response: HttpResponse,
  { called, input, alreadyDone, project }: ReadOptions,
): CallOutcome<unknown> {
  const json = parseJson(response.text);
  const refusal = alreadyDone?.(json, response)
    ? null
    : client.refusal(response, json, called.operation);
  if (refusal) return { ok: false, error: refusalError(called, refusal, response) };
  try {
    const output = project(json, response);
    if (leadsToItself(input, output)) return { ok: false, error: new EndlessListError(called) };
    return { ok: true, output, requestId: requestIdOf(response) };
  } catch (error) {
    return { ok: false, error: refusalError(called, unreadable(error), response) };
  }
}

/** The arguments that hold the token of a page, by vendor. */
const TOKENS = ['after', 'next', 'cursor'] as const;

/**
 * Whether a page with items names itself as its next one, so that the list never ends. An empty page
 * may: while no entries arrive, the System Log keeps its token.
 */
function leadsToItself(input: unknown, output: unknown): boolean {
  const next = textAt(output, 'next');
  if (next === null || !TOKENS.some((name) => textAt(input, name) === next)) return false;
  const items: unknown = Reflect.get(Object(output), 'items');
  return !Array.isArray(items) || items.length > 0;
}

function textAt(value: unknown, name: string): string | null {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
  const found: unknown = Reflect.get(value, name);
  return typeof found === 'string' ? found : null;
}

function unreadable(error: unknown): Refusal {
  if (error instanceof ConnectorError) return { code: error.code, vendorCode: null };
  if (error instanceof NotFoundInAnswer) return { code: 'not_found', vendorCode: null };
  if (error instanceof AnonymousAnswer)
    return { code: 'unauthenticated', vendorCode: null, ambiguous: true };
  return { code: 'malformed', vendorCode: null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
