package sekisho.bench;

/** The kinds of requests that are timed apart. */
enum Kind {
  TOP("GET /"),
  LOGIN("POST /login"),
  MEMBER("GET /mypage"),
  ASSET("asset"),
  REPORT("GET /report");

  private final String label;

  Kind(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /** Whether an answer of this kind counts as a page of the application. */
  boolean isPage() {
    return this == TOP || this == LOGIN || this == MEMBER;
  }
}
