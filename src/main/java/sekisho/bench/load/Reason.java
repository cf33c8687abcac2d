package sekisho.bench.load;

/** Why a run failed, as counted in the results. */
public enum Reason {
  INIT("init command failed, or the service was not ready after it", true),
  RESTART("report is another one after the restart", true),
  CONNECT("no connection"),
  CUT_OFF("connection closed before the answer"),
  TIMEOUT("no answer in time"),
  SLOW("answer later than --slow-limit"),
  MALFORMED("answer is not HTTP"),
  STATUS("unexpected status"),
  CONTENT_TYPE("unexpected content type"),
  REDIRECT("redirect to an unexpected place"),
  OUTCOME("login decided against the rules", true),
  LOGIN_FORM("login page without its form"),
  NOTICE("wrong notice"),
  MEMBER_NAME("member page without the user's name", true),
  LAST_LOGIN_TIME("last login time not as yyyy-MM-dd HH:mm:ss"),
  LAST_LOGIN_ADDRESS("wrong last login address"),
  SESSION("session cookie missing or not honoured", true),
  BAD_INPUT("bad input not answered with 4xx"),
  DATE("answer without Date"),
  ASSET("style sheet, script or image not served"),
  REPORT_FORM("report is not of its form", true),
  REPORT_REPEATED("report lists a name twice"),
  LOCKED_MISSING("locked user missing in the report", true),
  LOCKED_EXTRA("user in the report who is not locked", true),
  BANNED_MISSING("banned address missing in the report", true),
  BANNED_EXTRA("address in the report that is not banned", true);

  private final String text;
  private final boolean critical;

  Reason(String text) {
    this(text, false);
  }

  Reason(String text, boolean critical) {
    this.text = text;
    this.critical = critical;
  }

  /**
   * Whether it ends the run with a score of 0: somebody was let in, shut out or reported against
   * the rules.
   */
  public boolean isCritical() {
    return critical;
  }

  /** What went wrong, in a few words. */
  public String text() {
    return text;
  }
}
