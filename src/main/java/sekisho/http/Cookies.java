package sekisho.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import sekisho.http.session.Notice;
import sekisho.http.session.NoticeCookie;
import sekisho.http.session.ServiceCookie;
import sekisho.http.session.SessionCodec;
import sekisho.user.UserDirectory;

/** The two cookies: the session and the notice that waits for the next page. */
final class Cookies {

  private final SessionCodec codec;
  private final ServiceCookie session;
  private final NoticeCookie notice;

  /**
   * @param lifetime how long a session lasts
   * @param secure whether the cookies are for HTTPS only
   */
  Cookies(SessionCodec codec, Duration lifetime, boolean secure) {
    this.codec = codec;
    this.session = new ServiceCookie("sekisho_session", lifetime, secure);
    this.notice = new NoticeCookie("sekisho_notice", secure);
  }

  /** Finds the user of a valid session, by the directory in force. */
  OptionalLong user(HttpServerRequest request, UserDirectory users) {
    return codec.verify(session.read(request.headers().getAll(HttpHeaders.COOKIE)), users);
  }

  /**
   * Begins a session of a user whose password was checked by the given directory. A notice that
   * still waits from a failure before is out of date then.
   */
  void begin(HttpServerRequest request, long userId, UserDirectory users) {
    if (waitingNotice(request) != null) {
      request.response().headers().add(HttpHeaders.SET_COOKIE, notice.clear());
    }
    request
        .response()
        .headers()
        .add(HttpHeaders.SET_COOKIE, session.set(codec.issue(userId, users)));
  }

  /** Returns the {@code Set-Cookie} value that ends a session. */
  String ended() {
    return session.clear();
  }

  /** Returns the {@code Set-Cookie} value that leaves a notice for the next page. */
  String left(Notice which) {
    return notice.set(which);
  }

  /** Returns the {@code Set-Cookie} value that goes with the page that shows the notice. */
  String shown() {
    return notice.clear();
  }

  /** Finds the notice that waits; null if there is none. */
  @Nullable Notice waitingNotice(HttpServerRequest request) {
    return request.headers().contains(HttpHeaders.COOKIE)
        ? notice.read(request.headers().getAll(HttpHeaders.COOKIE))
        : null;
  }
}
