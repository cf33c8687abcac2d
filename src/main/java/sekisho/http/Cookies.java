package sekisho.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.OptionalLong;
import sekisho.http.session.Notice;
import sekisho.http.session.NoticeCookie;
import sekisho.http.session.ServiceCookie;
import sekisho.http.session.SessionCodec;

/** The two cookies: the session and the notice that waits for the next page. */
final class Cookies {

  private final SessionCodec codec;
  private final ServiceCookie session;
  private final NoticeCookie notice;

  /**
   * Makes the cookies for one event loop.
   *
   * @param codec signs sessions; belongs to the event loop
   * @param lifetime how long a session lasts
   * @param secure whether the cookies are for HTTPS only
   */
  Cookies(SessionCodec codec, Duration lifetime, boolean secure) {
    this.codec = codec;
    this.session = new ServiceCookie("sekisho_session", lifetime, secure);
    this.notice = new NoticeCookie("sekisho_notice", secure);
  }

  /** Finds the user of a valid session. */
  OptionalLong user(HttpServerRequest request) {
    String value = session.read(request.headers().getAll(HttpHeaders.COOKIE));
    return value == null ? OptionalLong.empty() : codec.verify(value);
  }

  /** Begins a session. A notice that still waits from a failure before is out of date then. */
  void begin(HttpServerRequest request, long userId) {
    takeNotice(request);
    request.response().headers().add(HttpHeaders.SET_COOKIE, session.set(codec.issue(userId)));
  }

  /** Ends the session, if there is one. */
  void end(HttpServerRequest request) {
    request.response().headers().add(HttpHeaders.SET_COOKIE, session.clear());
  }

  /** Leaves a notice for the next page. */
  void leaveNotice(HttpServerRequest request, Notice which) {
    request.response().headers().add(HttpHeaders.SET_COOKIE, notice.set(which));
  }

  /** Takes the notice that waits; null if there is none. A HEAD request shows nothing, so it leaves the notice. */
  Notice takeNotice(HttpServerRequest request) {
    if (!request.headers().contains(HttpHeaders.COOKIE)) {
      return null;
    }
    Notice waiting = notice.read(request.headers().getAll(HttpHeaders.COOKIE));
    if (waiting != null && request.method() != HttpMethod.HEAD) {
      request.response().headers().add(HttpHeaders.SET_COOKIE, notice.clear());
    }
    return waiting;
  }
}
