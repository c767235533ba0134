/** The governed pipeline: the only way in which arx calls a vendor. */

import { hash } from 'node:crypto';
import type { z } from 'zod';
import { canonicalJson } from '../../audit/canonical.ts';
import { assertAllowed, decideFor } from './authorise.ts';
import { InvalidArgumentError, PolicyDeniedError } from '../errors.ts';
import { catalogueRequest } from './catalogue-request.ts';
import { needsGrant, useUpEffect } from './grant.ts';
import { callVendor } from './call-vendor.ts';
import { append, waitForSink } from './append.ts';
import { defaultRecord, requestIdIn } from './entries.ts';
import type { Journal, JournalEffect, JsonObject } from '../../audit/types.ts';
import { joinFacts } from '../../governance/context.ts';
import type { ContextFacts } from '../../governance/context.ts';
import type { ConnectorName } from '../../governance/types.ts';
import type { Decide } from './authorise.ts';
import type { AnyRow } from './operation.ts';
import type { VendorClient } from './call-vendor.ts';
import type { EntryFacts } from './entries.ts';
import type { OwnFacts } from '../authority.ts';
import { withWrite } from './writes.ts';
import type { OnWrite } from './writes.ts';
import type { CallContext, CallOutcome, CallResult, GrantStore, Recorded } from '../types.ts';

/** Everything that the pipeline of one vendor needs. */
export interface Pipeline<Handle> {
  connector: ConnectorName;
  rows: Readonly<Record<string, unknown>>;
  client: VendorClient<Handle>;
  journal: Journal;
  grants: GrantStore | undefined;
  onWrite?: OnWrite | undefined;
  decide: Decide;
  /** Facts of a write that its caller may not have stated; they can only raise the risk. */
  ownFacts?: OwnFacts | undefined;
  now: () => Date;
  /**
   * Throws OvertakenError if a later attempt has overtaken the caller; called right before each
   * write.
   */
  confirm?: (() => Promise<void>) | undefined;
}

interface Call {
  operation: string;
  input: unknown;
  context: CallContext<unknown>;
}

/**
 * Calls a vendor: validate → evaluate → audit the intent, and use up the grant if one is needed →
 * call → validate the response → audit the outcome. Throws PolicyDeniedError, InvalidArgumentError,
 * ConnectorError and the errors of the journal.
 */
export async function execute<Handle>(
  pipeline: Pipeline<Handle>,
  call: Call,
): Promise<CallResult<unknown>> {
  const row = rowOf(pipeline, call.operation);
  const facts: EntryFacts = {
    connector: pipeline.connector,
    operation: call.operation,
    context: call.context,
    at: '',
  };
  const { input, argsDigest } = row
    ? await validateInput(pipeline, facts, { row, input: call.input })
    : { input: null, argsDigest: undefined };
  const decided = await authoriseCall(pipeline, facts, { row, input, argsDigest });
  // Without a row, `authoriseCall` has already thrown.
  if (!row) throw new TypeError(`no row for ${call.operation}`);
  const approved = catalogueRequest(pipeline.connector, call.operation, row.route(input as never));
  await recordIntent(pipeline, decided, { row, input });
  const outcome = await callVendor(pipeline.client, row, {
    called: { connector: pipeline.connector, operation: call.operation, write: row.write },
    approved,
    input,
    context: call.context,
    confirm: pipeline.confirm,
  });
  await recordOutcome(pipeline, decided, { row, outcome, input });
  if (!outcome.ok) throw outcome.error;
  return { output: outcome.output, decision: decided.decision, requestId: outcome.requestId };
}

const rowOf = <Handle>({ rows }: Pipeline<Handle>, operation: string): AnyRow<Handle> | null =>
  Object.hasOwn(rows, operation) ? (rows[operation] as AnyRow<Handle>) : null;

/**
 * Validates the input of a call as `execute` does, without deciding or calling. Throws
 * InvalidArgumentError, which is audited.
 */
export async function validateCall<Handle>(
  pipeline: Pipeline<Handle>,
  call: Call,
): Promise<{ args: JsonObject; argsDigest: string }> {
  const row = rowOf(pipeline, call.operation);
  const facts: EntryFacts = {
    connector: pipeline.connector,
    operation: call.operation,
    context: call.context,
    at: '',
  };
  if (!row) {
    await append(pipeline, facts, { kind: 'action.denied', outcome: { code: 'invalid_argument' } });
    throw new InvalidArgumentError(
      `${pipeline.connector} has no operation ${nameOf(call.operation)}: docs/operations.md lists them`,
    );
  }
  const { input, argsDigest } = await validateInput(pipeline, facts, { row, input: call.input });
  return { args: input as JsonObject, argsDigest };
}

async function validateInput<Handle>(
  pipeline: Pipeline<Handle>,
  facts: EntryFacts,
  { row, input }: { row: AnyRow<Handle>; input: unknown },
): Promise<{ input: unknown; argsDigest: string }> {
  const parsed = row.input.safeParse(input);
  const argsDigest = parsed.success ? argumentsDigest(parsed.data) : null;
  if (parsed.success && argsDigest !== null) return { input: parsed.data, argsDigest };
  // Values and unknown argument names are never repeated: they may be hostile or personal.
  const issues = parsed.success ? [] : parsed.error.issues;
  const places =
    [...new Set(issues.map(({ path }) => String(path[0] ?? '')))].filter(Boolean).join(', ') ||
    'input';
  await append(pipeline, facts, {
    kind: 'action.denied',
    outcome: { code: 'invalid_argument', arguments: places },
  });
  throw new InvalidArgumentError(
    `${facts.connector} ${facts.operation}: ${problemsOf(input, issues)}`,
  );
}

/** What is wrong with the arguments: one clause per argument. */
function problemsOf(input: unknown, issues: readonly z.core.$ZodIssue[]): string {
  const clauses = new Map<string, string>();
  for (const { path, message } of issues) {
    const name = String(path[0] ?? '');
    if (name !== '' && !clauses.has(name)) clauses.set(name, problemOf(input, name, message));
  }
  if (issues.some(({ code }) => code === 'unrecognized_keys'))
    clauses.set('', 'an argument is not one of this operation');
  return [...clauses.values()].join(', ') || 'the arguments do not have the required form';
}

function problemOf(input: unknown, name: string, message: string): string {
  if (!Object.hasOwn(Object(input) as object, name)) return `${name} is missing`;
  // Messages written by arx begin so; those of the schema library may quote what was given.
  return `${name} ${message.startsWith('must be ') ? message : 'does not have the required form'}`;
}

/** The name of an operation that does not exist, unless it could be something else. */
const nameOf = (operation: string): string =>
  /^[a-z_]{1,40}:[a-z_]{1,40}$/.test(operation) ? operation : 'of this name';

/**
 * Hex SHA-256 of the canonical JSON of a call's arguments, computed by the platform. Null for text
 * without a canonical form (half of a surrogate pair), which could not be audited either.
 */
function argumentsDigest(input: unknown): string | null {
  try {
    return hash('sha256', canonicalJson(input), 'hex');
  } catch {
    return null;
  }
}

type Decided = EntryFacts & { decision: NonNullable<EntryFacts['decision']> };

async function authoriseCall<Handle>(
  pipeline: Pipeline<Handle>,
  facts: EntryFacts,
  {
    row,
    input,
    argsDigest,
  }: { row: AnyRow<Handle> | null; input: unknown; argsDigest: string | undefined },
): Promise<Decided> {
  const { connector, operation, context } = facts;
  const redacted: { args?: JsonObject; argsDigest?: string } = row
    ? { args: row.redact(input as never), argsDigest }
    : {};
  const requested = {
    connector: pipeline.connector,
    operation,
    caller: context.caller,
    argsDigest: redacted.argsDigest,
    args: input,
    facts: row?.write
      ? await factsOf(pipeline, { operation, context, args: input as JsonObject })
      : context.facts,
    callable: row !== null,
  };
  const decision = decideFor(requested, pipeline.decide);
  const decided = { ...facts, connector, ...redacted, decision };
  const needed = needsGrant(pipeline.connector, operation, decision);
  try {
    const grant = { needed, given: context.grant !== undefined };
    assertAllowed(requested, decision, grant, context.targetChecked);
  } catch (error) {
    await append(pipeline, decided, { kind: 'action.denied', outcome: denialOutcome(error) });
    throw error;
  }
  return decided;
}

/** The stated facts of a write and those that the pipeline finds out itself. */
async function factsOf<Handle>(
  { ownFacts, connector }: Pipeline<Handle>,
  { operation, context, args }: Pick<EntryFacts, 'operation' | 'context'> & { args: JsonObject },
): Promise<ContextFacts> {
  const { caller, signal, facts = {} } = context;
  const own = await ownFacts?.({ connector, operation, args, caller, signal, facts });
  return joinFacts(facts, own ?? {});
}

const denialOutcome = (error: unknown): JsonObject =>
  error instanceof PolicyDeniedError ? { code: error.code, hints: error.decision.hints } : {};

/**
 * Records writes, and calls that use up a grant, in the audit trail before anything is sent to the
 * vendor.
 */
async function recordIntent<Handle>(
  pipeline: Pipeline<Handle>,
  facts: Decided,
  { row, input }: { row: AnyRow<Handle>; input: unknown },
): Promise<void> {
  const granted = grantEffect(pipeline, facts);
  await waitForSink(pipeline, facts);
  if (!row.write && !granted) return;
  const given = facts.context.intent ?? { kind: 'action.started' };
  const intent = row.write
    ? withWrite(pipeline, { operation: facts.operation, input, phase: 'intent' }, given)
    : given;
  try {
    await append(
      pipeline,
      facts,
      granted ? { ...intent, effect: granted(intent.effect) } : intent,
      { before: 'call' },
    );
  } catch (error) {
    if (error instanceof PolicyDeniedError) {
      const decided = { ...facts, decision: error.decision };
      await append(pipeline, decided, { kind: 'action.denied', outcome: denialOutcome(error) });
    }
    throw error;
  }
}

/** Adds using up the grant to the caller's own effect; null if the call needs no grant. */
function grantEffect<Handle>(
  { grants, now, connector }: Pipeline<Handle>,
  { context, operation, decision, argsDigest = '' }: Decided,
): ((effect: Recorded['effect']) => JournalEffect) | null {
  if (!needsGrant(connector, operation, decision)) return null;
  const { principal } = context.caller;
  const use = { connector, operation, argsDigest, principal, at: now().toISOString() };
  const requestId = context.grant?.requestId ?? '';
  return (effect) => useUpEffect({ grants, requestId, use, decision }, effect);
}

async function recordOutcome<Handle>(
  pipeline: Pipeline<Handle>,
  facts: Decided,
  { row, outcome, input }: { row: AnyRow<Handle>; outcome: CallOutcome<unknown>; input: unknown },
): Promise<void> {
  const given = facts.context.record?.(outcome) ?? defaultRecord(outcome, row.evidence);
  const { operation } = facts;
  const recorded = row.write
    ? withWrite(pipeline, { operation, input, phase: 'outcome' }, given)
    : given;
  await append(pipeline, facts, recorded, {
    requestId: requestIdIn(outcome),
    isOutcome: row.write,
    sent: true,
    ...(!row.write && { before: 'use' }),
  });
}
