/** Names derived from the name of a flow. */

import { principalOf } from '../governance/principal.ts';

/**
 * The name of a flow in a principal: lower case, with each sequence of other characters than
 * letters and digits replaced by one hyphen.
 */
export const flowSlug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** The principal of a flow in policies: `flow:suspend-okta-account`. */
export const flowPrincipal = (name: string): string => principalOf('flow', flowSlug(name));

/** The issue text that holds the reason of a run that undoes another one. */
export const UNDO_REASON = 'undoReason';
