/** The accounts of one vendor in listing order, found by id and by any other name they go by. */
export class AccountTable<Account extends { id: string }> {
  readonly all: Account[] = [];
  readonly #names: (account: Account) => readonly (string | null)[];

  /** `names`: what an account is found by beside its id, without regard to case. */
  constructor(names: (account: Account) => readonly (string | null)[]) {
    this.#names = names;
  }

  /** Null where there is none. */
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
