import { comparable } from './comparable.ts';
import type { Issue, Route } from './types.ts';

/**
 * The route for an issue: the first row of the routing table with its product and exactly its
 * title, both in the form of `comparable`; null if there is none. A person's accounts are routed
 * one by one (`issueOfAccount`).
 */
export function routeOf(issue: Issue, routes: readonly Route[]): Route | null {
  const product = productNamed(issue);
  return product === null ? null : routeFor({ product, title: issue.title }, routes);
}

/** As `routeOf`, for a product and a title. */
export function routeFor(
  wanted: { product: string; title: string },
  routes: readonly Route[],
): Route | null {
  const [product, title] = [comparable(wanted.product), comparable(wanted.title)];
  const fits = (route: Route): boolean =>
    comparable(route.product) === product && route.titles.some((one) => comparable(one) === title);
  return routes.find(fits) ?? null;
}

function productNamed({ entity }: Issue): string | null {
  return entity.kind === 'account' ? entity.account.product : null;
}
