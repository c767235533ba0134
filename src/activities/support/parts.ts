/** The types by which an activity states which part of its dependencies it uses. */
import type { Connectors } from '../../connectors/types.ts';
import type { Store } from '../../store/types.ts';

export interface UsesStore<Name extends keyof Store> {
  store: Pick<Store, Name>;
}

export interface UsesConnectors<Name extends keyof Connectors> {
  connectors: Pick<Connectors, Name>;
}

export interface UsesClock {
  now: () => Date;
}
