import { principalOf } from '../governance/principal.ts';

/**
 * The name of a flow in a principal: lower case, each run of other characters than letters and
 * digits one hyphen.
 */
export const flowSlug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** The principal of a flow, for policies: `flow:suspend-okta-account`. */
export const flowPrincipal = (name: string): string => principalOf('flow', flowSlug(name));

/** Where the reason of a run that takes another back stands among the texts of its issue. */
export const UNDO_REASON = 'undoReason';
