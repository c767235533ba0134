import { z } from 'zod';
import { oktaId, userInput } from '../inputs.ts';
import type { OktaUserOperations } from '../types.ts';
import { nothing, routeTo } from './shared.ts';
import type { OktaRows } from './shared.ts';

const flag = z.boolean().optional();
const emailInput = z.strictObject({ userId: oktaId, sendEmail: flag });
const resetInput = z.strictObject({ userId: oktaId, sendEmail: flag, revokeSessions: flag });
const sessionsInput = z.strictObject({ userId: oktaId, oauthTokens: flag });

type Lifecycle = Pick<
  OktaUserOperations,
  `users:${'activate' | 'deactivate' | 'suspend' | 'unsuspend' | 'reset_password' | 'expire_password' | 'clear_sessions'}`
>;

const verb = (name: string, userId: string) =>
  routeTo('POST', `/api/v1/users/{userId}/lifecycle/${name}`, { userId });
const onlyUser = ({ userId }: { userId: string }) => ({ userId });

/**
 * Lifecycle operations. Okta responds with 204, `{}`, an empty body, or links and tokens; all of it
 * is dropped.
 */
export const lifecycleRows: OktaRows<Lifecycle> = {
  'users:activate': {
    write: true,
    input: emailInput,
    route: ({ userId }) => verb('activate', userId),
    send: async ({ userApi }, { userId, sendEmail = true }) =>
      userApi.activateUser({ userId, sendEmail }),
    project: nothing,
    redact: ({ userId, sendEmail = true }) => ({ userId, sendEmail }),
  },
  'users:deactivate': {
    write: true,
    input: emailInput,
    route: ({ userId }) => verb('deactivate', userId),
    send: async ({ userApi }, { userId, sendEmail = false }) =>
      userApi.deactivateUser({ userId, sendEmail }),
    project: nothing,
    redact: ({ userId, sendEmail = false }) => ({ userId, sendEmail }),
  },
  'users:suspend': {
    write: true,
    input: userInput,
    route: ({ userId }) => verb('suspend', userId),
    send: async ({ userApi }, { userId }) => userApi.suspendUser({ userId }),
    project: nothing,
    redact: onlyUser,
  },
  'users:unsuspend': {
    write: true,
    input: userInput,
    route: ({ userId }) => verb('unsuspend', userId),
    send: async ({ userApi }, { userId }) => userApi.unsuspendUser({ userId }),
    project: nothing,
    redact: onlyUser,
  },
  'users:reset_password': {
    write: true,
    input: resetInput,
    route: ({ userId }) => verb('reset_password', userId),
    send: async ({ userApi }, { userId, sendEmail = true, revokeSessions }) =>
      userApi.generateResetPasswordToken({ userId, sendEmail, revokeSessions }),
    project: nothing,
    redact: ({ userId, sendEmail = true, revokeSessions = false }) => ({
      userId,
      sendEmail,
      revokeSessions,
    }),
  },
  'users:expire_password': {
    write: true,
    input: userInput,
    route: ({ userId }) => verb('expire_password', userId),
    send: async ({ userApi }, { userId }) => userApi.expirePassword({ userId }),
    project: nothing,
    redact: onlyUser,
  },
  'users:clear_sessions': {
    write: true,
    input: sessionsInput,
    route: ({ userId }) => routeTo('DELETE', '/api/v1/users/{userId}/sessions', { userId }),
    send: async ({ userApi }, { userId, oauthTokens }) =>
      userApi.revokeUserSessions({ userId, oauthTokens }),
    project: nothing,
    redact: ({ userId, oauthTokens = false }) => ({ userId, oauthTokens }),
  },
};
