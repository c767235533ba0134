import { ConnectorError } from '../errors.ts';
import { refusalError, requestIdOf, unsentError } from '../transport/failure.ts';
import type { Approved, Scope } from '../transport/exchange.ts';
import type { Called, Refusal } from '../transport/failure.ts';
import type { Answer } from '../transport/http.ts';
import type { AnyRow, OperationRow } from './operation.ts';
import type { CallContext, CallOutcome } from '../types.ts';

/** A vendor's client: lends its handle to one call, and reads that vendor's answers. */
export interface VendorClient<Handle> {
  /** The vendor's own path for a path of the catalogue (a base path before it, for example). */
  place(path: string): string;
  /** Runs `use` so that whatever it sends goes out under `scope`. */
  lend(scope: Scope, use: (handle: Handle) => Promise<unknown>): Promise<unknown>;
  /** Null where the answer is a success; `json` is undefined where the body is empty or no JSON. */
  refusal(answer: Answer, json: unknown): Refusal | null;
}

/** Thrown by projections: the answer is well formed but says that there is no such object. */
export class NotFoundInAnswer extends Error {
  override readonly name = 'NotFoundInAnswer';
}

/** Thrown by projections: the answer came for somebody who is not signed in. */
export class AnonymousAnswer extends Error {
  override readonly name = 'AnonymousAnswer';
}

interface Performance {
  called: Called;
  approved: Approved;
  input: unknown;
  context: CallContext<unknown>;
  confirm?: (() => Promise<void>) | undefined;
}

/**
 * Makes one call and reads its answer; every way it can end is in the outcome, nothing is thrown.
 */
export async function performCall<Handle>(
  client: VendorClient<Handle>,
  row: AnyRow<Handle>,
  { called, approved, input, context, confirm }: Performance,
): Promise<CallOutcome<unknown>> {
  const { send, project, settled } = row as OperationRow<unknown, unknown, Handle>;
  const scope: Scope = {
    called,
    run: context.caller.run,
    approved: { method: approved.method, path: client.place(approved.path) },
    priority: context.priority ?? 'scan',
    signal: context.signal,
    confirm: called.write ? confirm : undefined,
    answer: null,
    failure: null,
  };
  // What the vendor's client makes of an answer is passed over, its errors included: the answer
  // itself is read.
  await client.lend(scope, (handle) => send(handle, input)).catch(() => undefined);
  if (scope.failure) return { ok: false, error: scope.failure };
  if (!scope.answer) return { ok: false, error: unsentError(called) };
  return read(client, scope.answer, {
    called,
    settled,
    project: (json, answer) => project({ json, answer, input }),
  });
}

interface Reading {
  called: Called;
  settled: AnyRow<unknown>['settled'];
  project: (json: unknown, answer: Answer) => unknown;
}

function read<Handle>(
  client: VendorClient<Handle>,
  answer: Answer,
  { called, settled, project }: Reading,
): CallOutcome<unknown> {
  const json = parseJson(answer.text);
  const refusal = settled?.({ json, answer }) ? null : client.refusal(answer, json);
  if (refusal) return { ok: false, error: refusalError(called, refusal, answer) };
  try {
    return { ok: true, output: project(json, answer), requestId: requestIdOf(answer) };
  } catch (error) {
    return { ok: false, error: refusalError(called, unreadable(error), answer) };
  }
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
