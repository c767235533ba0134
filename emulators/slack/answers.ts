import type { Answer, EmulatedRequest, Json } from '../types.ts';
import { isObject } from '../http.ts';

/** Slack refuses requests with status 200. */
export function slackError(error: string, more: Json = {}): Answer {
  return { status: 200, body: { ok: false, error, ...more } };
}

export function slackOk(body: Json): Answer {
  return { status: 200, body: { ok: true, ...body } };
}

/**
 * The arguments of a method: query, then form or JSON body. Nested values in a form remain text.
 */
export function argumentsOf(request: EmulatedRequest): Json {
  return { ...Object.fromEntries(request.query), ...(isObject(request.body) ? request.body : {}) };
}

/** An argument as text; null if it is missing or empty. */
export function textArgument(given: Json, name: string): string | null {
  const value = given[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) || null : null;
}

/** A boolean argument, as written in forms and JSON. */
export function flagArgument(given: Json, name: string): boolean {
  return ['true', '1', true, 1].includes(given[name] as string);
}

/** A nested argument, which is JSON text in a form; `undefined` if missing, null if invalid. */
export function jsonArgument(given: Json, name: string): unknown {
  const value = given[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return null;
  }
}
