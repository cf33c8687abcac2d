package sekisho.bench.load;

/** Why a run failed, as counted in the results. */
public enum Reason {
  CONNECT("no connection"),
  CUT_OFF("connection closed before the answer"),
  TIMEOUT("no answer in time"),
  MALFORMED("answer is not HTTP"),
  STATUS("unexpected status"),
  CONTENT_TYPE("unexpected content type"),
  REDIRECT("redirect to an unexpected place"),
  OUTCOME("login decided against the rules"),
  LOGIN_FORM("login page without its form"),
  NOTICE("wrong notice"),
  MEMBER_NAME("member page without the user's name"),
  LAST_LOGIN_TIME("last login time not as yyyy-MM-dd HH:mm:ss"),
  LAST_LOGIN_ADDRESS("wrong last login address"),
  SESSION("session cookie missing or not honoured"),
  ASSET("style sheet, script or image not served"),
  REPORT_FORM("report is not of its form"),
  REPORT_REPEATED("report lists a name twice"),
  LOCKED_MISSING("locked user missing in the report"),
  LOCKED_EXTRA("user in the report who is not locked"),
  BANNED_MISSING("banned address missing in the report"),
  BANNED_EXTRA("address in the report that is not banned");

  private final String text;

  Reason(String text) {
    this.text = text;
  }

  /** What went wrong, in a few words. */
  public String text() {
    return text;
  }
}
