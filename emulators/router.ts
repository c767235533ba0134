import { TrieRouter } from 'hono/router/trie-router';
import type { Route } from './types.ts';

/** A route and the values of its `:name` segments. */
interface Match {
  route: Route;
  params: Record<string, string>;
}

/** Finds the route of a request; null if there is none. The first matching row wins. */
export type Router = (method: string, path: string) => Match | null;

/** Compiles a route table. */
export function createRouter(routes: readonly Route[]): Router {
  const router = new TrieRouter<Route>();
  for (const route of routes) router.add(route.method, route.path, route);
  return (method, path) => {
    const [first] = router.match(method, path)[0];
    if (!first) return null;
    const [route, params] = first;
    const decoded = Object.entries(params).map(([name, value]) => [
      name,
      decodeSegment(String(value)),
    ]);
    return { route, params: Object.fromEntries(decoded) as Record<string, string> };
  };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
