/** How many hours Okta keeps the System Log. */
export const MOST_HOURS_BACK = 2_160;
