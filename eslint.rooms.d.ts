/** Types of eslint.rooms.js, for the tests of the house. */
export interface Place {
  room: string;
  module: string;
}
export const ROOMS: Record<
  string,
  {
    holds: string;
    imports: readonly string[];
    lazily?: readonly string[];
    packages?: readonly string[];
    builtins?: boolean;
  }
>;
export function opens(entry: string, place: Place): boolean;
export function placeOf(file: string, root: string): Place | null;
export function roomTable(): string;
export const PURE_ROOMS: readonly string[];
export const arrows: unknown;
