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
  /** Segments that must be as they stand, and the names of the others, each with its place. */
  fixed: (readonly [number, string])[];
  named: (readonly [number, string])[];
}

/** Compiles a route table. Rows are tried in their order. */
export function createRouter(routes: readonly Route[]): Router {
  const byShape = new Map<string, Compiled[]>();
  for (const route of routes) {
    const parts = [...route.path.split('/').entries()];
    const shape = `${route.method} ${parts.length}`;
    const fixed = parts.filter(([, part]) => !part.startsWith(':'));
    const named = parts
      .filter(([, part]) => part.startsWith(':'))
      .map(([place, part]) => [place, part.slice(1)] as const);
    byShape.set(shape, [...(byShape.get(shape) ?? []), { route, fixed, named }]);
  }
  return (method, path) => {
    const segments = path.split('/');
    for (const compiled of byShape.get(`${method} ${segments.length}`) ?? []) {
      const params = paramsOf(compiled, segments);
      if (params) return { route: compiled.route, params };
    }
    return null;
  };
}

function paramsOf(
  { fixed, named }: Compiled,
  segments: readonly string[],
): Record<string, string> | null {
  for (const [index, part] of fixed) if (part !== segments[index]) return null;
  const params: Record<string, string> = {};
  for (const [index, name] of named) {
    const value = decodeSegment(segments[index] ?? '');
    if (!value) return null;
    params[name] = value;
  }
  return params;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
