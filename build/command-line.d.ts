/** Writes the bundle into a folder somewhere in the repository. */
export function bundleCommandLine(folder?: string): Promise<void>;
