import type { Route } from './types.ts';

/** A route together with the values of its `:name` segments. */
interface Match {
  route: Route;
  params: Record<string, string>;
}

/** Finds the route of a request, by number of segments first; null where there is none. */
export type Router = (method: string, path: string) => Match | null;

interface Compiled {
  route: Route;
  parts: string[];
}

/** Compiles a route table. Rows are tried in their order. */
export function createRouter(routes: readonly Route[]): Router {
  const byShape = new Map<string, Compiled[]>();
  for (const route of routes) {
    const parts = route.path.split('/');
    const shape = `${route.method} ${parts.length}`;
    byShape.set(shape, [...(byShape.get(shape) ?? []), { route, parts }]);
  }
  return (method, path) => {
    const segments = path.split('/');
    for (const { route, parts } of byShape.get(`${method} ${segments.length}`) ?? []) {
      const params = paramsOf(parts, segments);
      if (params) return { route, params };
    }
    return null;
  };
}

function paramsOf(parts: readonly string[], segments: readonly string[]): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? '';
    if (!part.startsWith(':')) {
      if (part !== segment) return null;
      continue;
    }
    const value = decoded(segment);
    if (!value) return null;
    params[part.slice(1)] = value;
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
