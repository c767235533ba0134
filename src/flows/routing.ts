import { comparable } from './titles.ts';
import type { Issue, Route } from './types.ts';

/**
 * The row of the routing table that an issue belongs to: the first with its product and exactly its title, both as
 * `comparable` has them; null where there is none. A person's accounts are routed one by one (`issueOfAccount`).
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
