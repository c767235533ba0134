/** Asks Jira once which edition it is. */

import { z } from 'zod';
import { sendPaced } from '../transport/exchange.ts';
import { networkError, refusalError } from '../transport/failure.ts';
import { NetworkFailure, networkFailure } from '../transport/network.ts';
import { untilCancelled } from '../transport/until-cancelled.ts';
import { jiraRefusal } from './refusals.ts';
import type { Connection, Scope } from '../transport/exchange.ts';
import type { Refusal } from '../transport/failure.ts';
import type { HttpRequest, HttpResponse } from '../transport/http.ts';
import type { JiraEditionName } from './editions.ts';

/** The part of both editions' API that tells them apart. */
export const SERVER_INFO_PATH = '/rest/api/2/serverInfo';

const serverInfo = z.object({
  version: z.string(),
  /** Absent before Jira 7. */
  deploymentType: z.string().nullish(),
});

type Asked =
  | { edition: JiraEditionName }
  | { failure: NetworkFailure }
  | { refusal: Refusal; response: HttpResponse };

/** Tells the edition of Jira to its calls. */
export interface EditionSource {
  /** The edition, if it is known already. */
  readonly known: JiraEditionName | null;
  /**
   * Asks for the edition if it is not known, once for all calls that wait for it. Sets the scope's
   * failure and throws it if that fails; the next call then asks again.
   */
  get(scope: Scope): Promise<JiraEditionName>;
}

/** The edition of Jira: known, or asked for by `request` with the first call. */
export function editionSource(
  given: JiraEditionName | 'ask',
  { connection, request }: { connection: Connection; request: HttpRequest },
): EditionSource {
  let known = given === 'ask' ? null : given;
  let asking: Promise<Asked> | null = null;
  return {
    get known() {
      return known;
    },
    async get(scope) {
      if (known !== null) return known;
      // The answer is for all waiting calls, so cancelling the first of them must not stop it.
      asking ??= askEdition(connection, { ...scope, signal: undefined }, request).finally(
        () => (asking = null),
      );
      const cancelled: Asked = { failure: new NetworkFailure('cancelled') };
      const asked = await untilCancelled(asking, scope.signal, cancelled);
      if (!('edition' in asked)) throw (scope.failure = failureOf(scope, asked));
      known = asked.edition;
      return known;
    },
  };
}

async function askEdition(
  connection: Connection,
  scope: Scope,
  request: HttpRequest,
): Promise<Asked> {
  try {
    const response = await sendPaced(connection, scope, { request, operation: 'server:info' });
    return readEdition(response);
  } catch (error) {
    return { failure: networkFailure(error) };
  }
}

function readEdition(response: HttpResponse): Asked {
  const json = jsonOf(response.text);
  const refusal = jiraRefusal(response, json);
  if (refusal && refusal.code !== 'malformed') return { refusal, response };
  const info = serverInfo.safeParse(json);
  if (refusal || !info.success) return { refusal: NOT_JIRA, response };
  return { edition: info.data.deploymentType === 'Cloud' ? 'cloud' : 'data_center' };
}

const NOT_JIRA: Refusal = {
  code: 'malformed',
  vendorCode: null,
  message: `${SERVER_INFO_PATH} is not answered by Jira; check JIRA_URL, with the context path of Data Center`,
};

// Nothing has been sent for the call itself yet, so no write can have been accepted.
function failureOf(scope: Scope, asked: Exclude<Asked, { edition: JiraEditionName }>) {
  const called = { ...scope.called, write: false };
  return 'failure' in asked
    ? networkError(called, asked.failure)
    : refusalError(called, asked.refusal, asked.response);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
