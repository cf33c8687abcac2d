package sekisho.metrics;

import java.util.Locale;

/**
 * Why a connection or a request was refused before the rules of a login could say anything about
 * it.
 */
public enum Refusal {
  /** What arrived is not HTTP, or its framing can be read in two ways (400). */
  MALFORMED,
  /** The request line is too long (414). */
  LINE_TOO_LONG,
  /** The headers are too long or too many (431). */
  HEADERS_TOO_LARGE,
  /** The body is too long (413). */
  BODY_TOO_LARGE,
  /** The request did not arrive in time (408). */
  SLOW_REQUEST,
  /** The client does not read its answer; the connection was cut. */
  SLOW_READER,
  /** The form, its content type or the client's address cannot be read (400, 415). */
  INPUT,
  /** A browser says that another site made it send the form (403). */
  CROSS_SITE,
  /**
   * The form's origin is not the host that was asked (403): another site, or a proxy that hands on
   * another Host.
   */
  FORM_ORIGIN,
  /** The address has as many connections as one may have; the connection was closed. */
  CONNECTIONS_PER_ADDRESS,
  /** As many connections are open as may be in all, and none could give way (503). */
  CONNECTIONS_TOTAL,
  /**
   * The connection was idle, or its request incomplete, when its place was needed for a new one.
   */
  EVICTED,
  /** Any of these on the management port. */
  MANAGEMENT,
  /**
   * A PROXY header that is missing, broken, or sent by a peer that is no trusted proxy; the
   * connection was closed.
   */
  PROXY_HEADER;

  /**
   * The name in metrics and in the log.
   *
   * @return such as {@code slow_reader}
   */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
