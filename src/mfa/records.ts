/** Typed access to records with fixed keys. */

/** Whether a text is a key of the table itself, not one that every object inherits. */
export const isKeyOf = <Key extends string>(
  table: Readonly<Record<Key, unknown>>,
  text: string,
): text is Key => Object.hasOwn(table, text);

/** Zero for each key. */
export const zeroCounts = <Key extends string>(keys: readonly Key[]): Record<Key, number> =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
