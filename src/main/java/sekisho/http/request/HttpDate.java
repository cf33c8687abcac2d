package sekisho.http.request;

import io.netty.handler.codec.DateFormatter;
import io.vertx.core.http.HttpHeaders;
import java.util.Date;

/**
 * The time as {@code Date} has it (RFC 9110, section 5.6.7): {@code Tue, 26 Nov 2013 14:04:05 GMT}.
 */
public final class HttpDate {

  private HttpDate() {}

  /** The present second, 29 characters, ready to be written many times. */
  public static CharSequence now() {
    return HttpHeaders.createOptimized(DateFormatter.format(new Date()));
  }
}
