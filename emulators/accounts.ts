/** The accounts of one vendor in listing order, found by id or by other names. */
export class AccountTable<Account extends { id: string }> {
  readonly all: Account[] = [];
  readonly #names: (account: Account) => readonly (string | null)[];

  /** `names` returns the other names of an account; they are case-insensitive. */
  constructor(names: (account: Account) => readonly (string | null)[]) {
    this.#names = names;
  }

  /** Null if there is none. */
  find(key: string): Account | null {
    const wanted = key.toLowerCase();
    return (
      this.all.find(({ id }) => id === key) ??
      this.all.find((account) =>
        this.#names(account).some((name) => name?.toLowerCase() === wanted),
      ) ??
      null
    );
  }

  add(account: Account): Account {
    this.all.push(account);
    return account;
  }

  clear(): void {
    this.all.length = 0;
  }
}
