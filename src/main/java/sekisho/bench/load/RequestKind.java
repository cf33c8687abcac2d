package sekisho.bench.load;

/** The kinds of requests that are timed apart. */
public enum RequestKind {
  TOP("GET /"),
  LOGIN("POST /login"),
  MEMBER("GET /mypage"),
  ASSET("asset"),
  REPORT("GET /report"),
  OTHER("other");

  private final String label;

  RequestKind(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }

  /** Whether an answer of this kind counts as a page of the application. */
  boolean isPage() {
    return this == TOP || this == LOGIN || this == MEMBER;
  }
}
