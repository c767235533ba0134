import type { FlowBook, FlowDesk } from '../../client/flows/types.ts';
import type { GovernedDeps } from '../governed/deps.ts';

/** What delegated flows work with; the worker provides it. */
export interface FlowDeps extends GovernedDeps {
  desk: Pick<FlowDesk, 'admit'>;
  /** The flows as their files are now. */
  book: () => Pick<FlowBook, 'flows'>;
  /** Whether the server has the search attributes of delegated flows. */
  searchable: () => boolean;
}
