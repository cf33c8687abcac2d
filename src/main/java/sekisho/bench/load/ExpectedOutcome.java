package sekisho.bench.load;

/** What the rules answer to an attempt, in the order in which the rules apply. */
public enum ExpectedOutcome {
  /** The address has too many failures. */
  BANNED("You're banned."),
  /** The user has too many failures. */
  LOCKED("This account is locked."),
  /** Unknown name or wrong password. */
  WRONG("Wrong username or password"),
  /** The login succeeded. */
  SUCCESS(null);

  private final String notice;

  ExpectedOutcome(String notice) {
    this.notice = notice;
  }

  /** The exact text that the next login page shows; null for a success. */
  public String notice() {
    return notice;
  }

  /** The path that the answer to {@code POST /login} redirects to. */
  public String location() {
    return this == SUCCESS ? "/mypage" : "/";
  }
}
