package sekisho.http.connection;

import io.netty.handler.codec.http.HttpRequest;

/**
 * A request and what is known of its answer, from its first byte to the end of the answer. Lives on
 * its event loop.
 */
public final class Exchange {

  private static final String NONE = "-";
  private static final String NO_REQUEST = "/bad-request";

  private final HttpRequest request;
  private final long begun;
  private String client = NONE;
  private String outcome = NONE;
  private long storeNanos;
  private int status;
  private long bytes;

  Exchange(HttpRequest request, long begun) {
    this.request = request;
    this.begun = begun;
  }

  void answeredWith(int newStatus) {
    status = newStatus;
  }

  void sent(int bodyBytes) {
    bytes += bodyBytes;
  }

  /** Notes who sent it. */
  public void sentBy(String address) {
    client = address;
  }

  /** Notes how long the store took for it. */
  public void storeTook(long nanos) {
    storeNanos = nanos;
  }

  /** Notes what was decided. */
  public void decided(String newOutcome) {
    outcome = newOutcome;
  }

  /** Who sent it, {@code -} where that was not noted. */
  public String client() {
    return client;
  }

  /** How long the store took, 0 where that was not noted. */
  public long storeNanos() {
    return storeNanos;
  }

  /** What was decided, {@code -} where that was not noted. */
  public String outcome() {
    return outcome;
  }

  /** A header of the request, {@code -} without it. */
  public String header(CharSequence name) {
    String value = request.headers().get(name);
    return value == null ? NONE : value;
  }

  /** The method as it was sent, {@code -} where there was none to be read. */
  public String method() {
    return isUnreadable() ? NONE : request.method().name();
  }

  /** Path and query as they were sent, {@code -} where there were none to be read. */
  public String target() {
    return isUnreadable() ? NONE : request.uri();
  }

  /** Netty puts something in the place of a request line that it cannot read. */
  private boolean isUnreadable() {
    return request.decoderResult().isFailure() && request.uri().equals(NO_REQUEST);
  }

  /** When its first byte was read, by {@link System#nanoTime}. */
  public long begun() {
    return begun;
  }

  /** The status of the answer. */
  public int status() {
    return status;
  }

  /** The length of the answer's body. */
  public long bytes() {
    return bytes;
  }
}
