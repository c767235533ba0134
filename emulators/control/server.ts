import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { filterLog } from '../accept-log.ts';
import { FAULT_KINDS } from '../fault-answers.ts';
import { createQuietServer, objectBody, readRequest, send } from '../http.ts';
import type { StatusCategory } from '../jira/model.ts';
import { statusOf } from '../jira/transitions.ts';
import { createRouter } from '../router.ts';
import type { Router } from '../router.ts';
import type { NewMember, SlackChannel } from '../slack/workspace.ts';
import type { EmulatorState } from '../start.ts';
import { VENDOR_NAMES } from '../types.ts';
import type { Answer, EmulatedRequest, FaultRule, Json, Route } from '../types.ts';
import { accountControls } from './accounts.ts';
import { oktaControls } from './okta.ts';
import { describeState, describeStatistics, issueState } from './state.ts';

const operation = 'control';

/**
 * The control server: reads and changes the emulators without the vendors' APIs. Only for tests and
 * the demo.
 */
export function createControlServer(state: EmulatorState): Server {
  const router = createRouter([
    ...readControls(state),
    ...faultControls(state),
    ...oktaControls(state),
    ...jiraControls(state),
    ...slackControls(state),
    ...accountControls(state),
  ]);
  return createQuietServer((message, response) => serve(router, message, response));
}

async function serve(
  router: Router,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await readRequest(message);
  const match = router(request.method, request.path);
  if (!match)
    return send(response, {
      status: 404,
      body: { error: `no control route ${request.method} ${request.path}` },
    });
  request.params = match.params;
  send(response, attempt(match.route, request));
}

// An invalid request is reported to the caller and must not end the process.
function attempt(route: Route, request: EmulatedRequest): Answer {
  try {
    return route.handle(request);
  } catch (error) {
    return {
      status: 400,
      body: { error: error instanceof Error ? error.message : 'invalid request' },
    };
  }
}

function readControls(state: EmulatorState): Route[] {
  return [
    {
      method: 'GET',
      path: '/log',
      operation,
      handle: ({ query }) => {
        state.log.flush();
        return { status: 200, body: { entries: filterLog(state.log.entries, logFilter(query)) } };
      },
    },
    {
      method: 'GET',
      path: '/statistics',
      operation,
      handle: () => ({ status: 200, body: describeStatistics(state) }),
    },
    {
      method: 'GET',
      path: '/state',
      operation,
      handle: ({ query }) => ({ status: 200, body: describeState(state, query.getAll('part')) }),
    },
  ];
}

function logFilter(query: URLSearchParams) {
  const text = (name: string): string | undefined => query.get(name) ?? undefined;
  const flag = (name: string): boolean | undefined =>
    query.has(name) ? query.get(name) === 'true' : undefined;
  return {
    vendor: text('vendor'),
    operation: text('operation'),
    write: flag('write'),
    accepted: flag('accepted'),
    since: Number(query.get('since') ?? 0),
  };
}

function faultControls({ faults }: EmulatorState): Route[] {
  return [
    {
      method: 'POST',
      path: '/faults',
      operation,
      handle: (request) => ({
        status: 200,
        body: { id: faults.add(faultRule(objectBody(request))) },
      }),
    },
    {
      method: 'GET',
      path: '/faults',
      operation,
      handle: () => ({ status: 200, body: { faults: faults.list() } }),
    },
    {
      method: 'DELETE',
      path: '/faults',
      operation,
      handle: () => {
        faults.clear();
        return { status: 204 };
      },
    },
  ];
}

/** Throws if the kind or the vendor is unknown: such a rule would never take effect. */
function faultRule(body: Json): FaultRule {
  requireOneOf('kind', body['kind'], FAULT_KINDS);
  requireOneOf('vendor', body['vendor'], VENDOR_NAMES);
  return body as unknown as FaultRule;
}

function requireOneOf(field: string, value: unknown, known: readonly string[]): void {
  if (typeof value === 'string' && known.includes(value)) return;
  throw new Error(`${field} must be one of ${known.join(', ')}, not ${JSON.stringify(value)}`);
}

function jiraControls({ jira }: EmulatorState): Route[] {
  const missing = (key: string | undefined): Answer => ({
    status: 404,
    body: { error: `no issue ${key}` },
  });
  return [
    {
      method: 'POST',
      path: '/jira/issues/:key/transition',
      operation,
      handle: (request) => {
        const issue = jira.issue(request.params.key ?? '');
        if (!issue) return missing(request.params.key);
        jira.move(issue, statusOf(objectBody(request).category as StatusCategory));
        return { status: 200, body: issueState(jira, issue) };
      },
    },
    {
      method: 'DELETE',
      path: '/jira/issues/:key',
      operation,
      handle: ({ params }) => {
        const issue = jira.issue(params.key ?? '');
        if (!issue) return missing(params.key);
        jira.remove(issue);
        return { status: 204 };
      },
    },
    {
      method: 'POST',
      path: '/jira/settings',
      operation,
      handle: (request) => {
        Object.assign(jira.settings, objectBody(request));
        return { status: 200, body: { ...jira.settings, token: undefined } };
      },
    },
  ];
}

function slackControls({ slack }: EmulatorState): Route[] {
  return [
    {
      method: 'POST',
      path: '/slack/settings',
      operation,
      handle: (request) => {
        const { channels, members, ...settings } = objectBody(request);
        for (const member of Array.isArray(members) ? (members as NewMember[]) : [])
          slack.addMember(member);
        Object.assign(slack.settings, settings);
        for (const channel of Array.isArray(channels) ? (channels as SlackChannel[]) : []) {
          const known = slack.channel(channel.id);
          if (known) Object.assign(known, channel);
          else slack.addChannel(channel);
        }
        return { status: 200, body: { scopes: slack.settings.scopes, channels: slack.channels } };
      },
    },
  ];
}
