/** Suffix of the name of a test that represents all rows of a table that cannot be read. */
export const TABLE_NOTE = '(for each row of a table that is missing)';
