import { objectBody } from '../http.ts';
import { methodOf } from '../okta/openid/authorize.ts';
import type { Method, OpenIdSettings } from '../okta/openid/model.ts';
import type { OpenIdProvider } from '../okta/openid/provider.ts';
import type { Answer, EmulatedRequest, Route } from '../types.ts';

/** What a person decides about a device that shows a user code. */
export interface DeviceDecision {
  userCode: string;
  login: string;
  /** Default phr. */
  method?: Method;
  /** The person does not recognise the device. */
  refuse?: boolean;
}

const operation = 'control';

/** Controls of sign-in with OpenID Connect. */
export function signInControls(provider: OpenIdProvider): Route[] {
  return [
    {
      method: 'POST',
      path: '/okta/sign-in/settings',
      operation,
      handle: (request) => {
        const changes = objectBody(request) as Partial<OpenIdSettings>;
        provider.org.settings.openid = { ...provider.settings, ...changes };
        return { status: 204 };
      },
    },
    {
      method: 'POST',
      path: '/okta/sign-in/device',
      operation,
      handle: (request) => decideDevice(provider, request),
    },
    {
      method: 'POST',
      path: '/okta/sign-in/keys',
      operation,
      handle: (request) => {
        provider.keys.rotate();
        if (objectBody(request).drop === true) provider.keys.dropOld();
        return { status: 204 };
      },
    },
  ];
}

function decideDevice(provider: OpenIdProvider, request: EmulatedRequest): Answer {
  const { userCode, login, method, refuse } = objectBody(request);
  const user = provider.person(String(login));
  if (!user) return { status: 404, body: { error: `nobody may sign in as ${String(login)}` } };
  const decision = refuse === true ? false : provider.signIn(user, methodOf(method));
  return provider.decideDevice(String(userCode), decision)
    ? { status: 204 }
    : { status: 404, body: { error: `no device waits with the code ${String(userCode)}` } };
}
