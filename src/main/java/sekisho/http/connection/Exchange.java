package sekisho.http.connection;

import io.netty.handler.codec.http.HttpRequest;

/**
 * A request and what is known of its answer, from its first byte to the end of the answer. Lives on
 * its event loop.
 */
public final class Exchange {

  private final HttpRequest request;
  private final long begun;
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

  /** The method as it was sent. */
  public String method() {
    return request.method().name();
  }

  /** Path and query as they were sent. */
  public String target() {
    return request.uri();
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
