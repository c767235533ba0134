import { z } from 'zod';
import { oktaId } from '../inputs.ts';
import type { OktaApp, OktaAppGroup, OktaAppUser } from '../types-access.ts';
import { number, text } from './fields.ts';

// Settings, credentials, signing keys and URLs of an application are dropped.
const app = z.object({
  id: oktaId,
  name: text,
  label: z.string(),
  status: text,
  signOnMode: text,
  created: text,
  lastUpdated: text,
});
const appUser = z.object({
  id: oktaId,
  scope: text,
  status: text,
  syncState: text,
  created: text,
  lastUpdated: text,
});
const appGroup = z.object({ id: oktaId, priority: number, lastUpdated: text });

/** Reads an application; throws if the response is not one. */
export const parseApp = (json: unknown): OktaApp => app.parse(json);
/** A user's assignment to an application. */
export const parseAppUser = (json: unknown): OktaAppUser => appUser.parse(json);
/** A group's assignment to an application. */
export const parseAppGroup = (json: unknown): OktaAppGroup => appGroup.parse(json);
