/**
 * Time between two looks at a run that is followed; each asks the workflow, which Temporal Cloud
 * counts as an action.
 */
export const FOLLOW_MS = 300;
