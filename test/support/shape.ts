type Node = Record<string, unknown>;

/**
 * What our answer lacks compared with a reference answer, as paths: missing fields, and values of
 * another JSON type. A null on either side matches everything; only the first rows of lists are
 * compared; `allowed` paths are skipped.
 */
export function shapeGaps(
  reference: unknown,
  ours: unknown,
  allowed: readonly string[] = [],
): string[] {
  return gaps(reference, ours, '').filter((gap) => !allowed.some((path) => gap.startsWith(path)));
}

function gaps(reference: unknown, ours: unknown, at: string): string[] {
  if (reference === null || ours === null) return [];
  if (kindOf(reference) !== kindOf(ours))
    return [`${at || '/'} is ${kindOf(ours)}, not ${kindOf(reference)}`];
  if (Array.isArray(reference)) return firstRowGaps(reference, ours as unknown[], at);
  if (typeof reference !== 'object') return [];
  return Object.entries(reference as Node).flatMap(([key, value]) =>
    key in (ours as Node)
      ? gaps(value, (ours as Node)[key], `${at}/${key}`)
      : [`${at}/${key} is missing`],
  );
}

function firstRowGaps(
  reference: readonly unknown[],
  ours: readonly unknown[],
  at: string,
): string[] {
  if (reference.length === 0) return [];
  return ours.length === 0 ? [`${at} has no rows`] : gaps(reference[0], ours[0], `${at}/0`);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}
