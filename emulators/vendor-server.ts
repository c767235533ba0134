import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { AcceptLog } from './accept-log.ts';
import { faultAnswer } from './fault-answers.ts';
import type { Faults, Strike } from './faults.ts';
import { createQuietServer, httpDate, isObject, readRequest, send } from './http.ts';
import { createRouter } from './router.ts';
import type { Router } from './router.ts';
import type { Traffic } from './traffic.ts';
import type { Answer, EmulatedRequest, Json, Route, Vendor } from './types.ts';

interface Context {
  vendor: Vendor;
  router: Router;
  faults: Faults;
  log: AcceptLog;
  traffic: Traffic;
}

/** The vendor's own answer, before a fault changes it. */
interface Decided {
  answer: Answer;
  accepted: boolean;
}

/**
 * An HTTP server for one vendor. For each request: faults before, checks, handler, faults after,
 * accept log, answer.
 */
export function createVendorServer(
  vendor: Vendor,
  shared: Pick<Context, 'faults' | 'log' | 'traffic'>,
): Server {
  const context: Context = { vendor, router: createRouter(vendor.routes), ...shared };
  return createQuietServer((message, response) => serve(context, message, response));
}

async function serve(
  context: Context,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const sent = await readRequest(message);
  const request = context.vendor.locate?.(sent) ?? sent;
  const match = context.router(request.method, request.path);
  const route = match?.route ?? null;
  if (match) request.params = match.params;
  context.traffic.begin(context.vendor.name, route?.operation ?? 'unknown', response);
  const before = await strike(context, request, 'before');
  const decided = before.rule ? null : decide(context.vendor, request, route);
  const after = decided ? context.faults.strike(context.vendor.name, request, 'after') : null;
  const rule = before.rule ?? after?.rule ?? null;
  const answer = rule
    ? faultAnswer({ vendor: context.vendor, rule, request, answer: decided?.answer })
    : decided?.answer;
  record(context, {
    request,
    route,
    decided,
    sent: answer ?? null,
    strike: before.rule ? before : after,
  });
  const written = context.log.waitForFlush();
  if (written) await written;
  const lateMs = (after?.delayMs ?? 0) + (context.vendor.latencyMs?.() ?? 0);
  if (lateMs > 0) await delay(lateMs);
  if (answer) send(response, lateMs > 0 ? withDate(answer) : answer);
  else if (rule?.kind === 'reset') message.socket.resetAndDestroy();
}

// The header has the time at which the answer is sent, not that of the decision.
function withDate(answer: Answer): Answer {
  const date = answer.headers?.date;
  return date === undefined
    ? answer
    : { ...answer, headers: { ...answer.headers, date: httpDate(Date.now()) } };
}

async function strike(
  context: Context,
  request: EmulatedRequest,
  moment: 'before',
): Promise<Strike> {
  const struck = context.faults.strike(context.vendor.name, request, moment);
  if (struck.delayMs > 0) await delay(struck.delayMs);
  return struck;
}

function decide(vendor: Vendor, request: EmulatedRequest, route: Route | null): Decided {
  const { headers, refusal } = vendor.guard(request, route);
  const answer = refusal ?? (route ? route.handle(request) : vendor.unknownRoute(request));
  const took = refusal === null && route !== null && (!route.write || vendor.isAccepted(answer));
  return { answer: { ...answer, headers: { ...headers, ...answer.headers } }, accepted: took };
}

interface Outcome {
  request: EmulatedRequest;
  route: Route | null;
  decided: Decided | null;
  sent: Answer | null;
  strike: Strike | null;
}

function record(
  { vendor, log }: Context,
  { request, route, decided, sent, strike: struck }: Outcome,
): void {
  const fault = struck?.rule?.kind ?? (struck && struck.delayMs > 0 ? 'latency' : undefined);
  log.add({
    vendor: vendor.name,
    method: request.method,
    path: request.path,
    query: request.rawQuery,
    ...(request.text === '' ? {} : { body: bodyForLog(request, route) }),
    operation: route?.operation ?? 'unknown',
    write: route ? route.write === true : request.method !== 'GET' && request.method !== 'HEAD',
    status: decided?.answer.status ?? null,
    sent: sent?.status ?? null,
    accepted: decided?.accepted ?? false,
    ...(fault ? { fault } : {}),
    ...(decided?.accepted && decided.answer.effect ? { effect: decided.answer.effect } : {}),
  });
}

function bodyForLog(request: EmulatedRequest, route: Route | null): unknown {
  if (!route?.redact || !isObject(request.body)) return request.body ?? request.text;
  const hidden: Json = Object.fromEntries(route.redact.map((field) => [field, '[redacted]']));
  return { ...request.body, ...hidden };
}
