import { CATALOGUE } from '../governance/catalogue.ts';
import { evidenceOf } from './effects.ts';
import { ACCOUNT, describeInput, readInput } from './flow-inputs.ts';
import { namesIn } from './flow-text.ts';
import { ISSUE_TEXTS } from './issue-shape.ts';
import { flowSlug } from './names.ts';
import { PERMISSION_SPELLINGS } from './permissions.ts';
import { CONNECTOR_OF } from './products.ts';
import { comparable } from './comparable.ts';

/** What the configuration needs to check flows, routes and resource sets. */
export const FLOW_CATALOGUE = {
  connectors: CATALOGUE.connectors,
  operations: CATALOGUE.operations,
  connectorOf: CONNECTOR_OF,
  account: ACCOUNT,
  texts: ISSUE_TEXTS,
  permissions: PERMISSION_SPELLINGS,
  /** Whether the effect of an operation can be verified. */
  canVerify: (operation: string): boolean => evidenceOf(operation) !== 'nothing',
  comparable,
  flowSlug,
  namesIn,
  readInput,
  describeInput,
};
