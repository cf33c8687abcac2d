package sekisho.http.session;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Carries a waiting {@link Notice} to the client's next request, as its code. Immutable. */
public final class NoticeCookie {

  /**
   * Long enough for a slow phone to follow the redirect, short enough not to surprise anyone later.
   */
  private static final Duration MAX_AGE = Duration.ofMinutes(5);

  private final ServiceCookie cookie;
  private final Map<Notice, String> setCookies = new EnumMap<>(Notice.class);

  /**
   * @param secure whether the cookie is for HTTPS only
   */
  public NoticeCookie(String name, boolean secure) {
    cookie = new ServiceCookie(name, MAX_AGE, secure);
    for (Notice notice : Notice.values()) {
      setCookies.put(notice, cookie.set(notice.code()));
    }
  }

  /** Returns the {@code Set-Cookie} value that leaves the notice waiting. */
  public String set(Notice notice) {
    return Objects.requireNonNull(setCookies.get(notice));
  }

  /** Returns the {@code Set-Cookie} value to send along with the page that shows the notice. */
  public String clear() {
    return cookie.clear();
  }

  /**
   * Finds the notice that is waiting.
   *
   * @param cookieLines the values of all {@code Cookie} header lines in their order
   * @return the first notice, or null if none is waiting; so too if the client made up a code
   */
  public @Nullable Notice read(List<String> cookieLines) {
    for (String value : cookie.read(cookieLines)) {
      Notice notice = Notice.ofCode(value);
      if (notice != null) {
        return notice;
      }
    }
    return null;
  }
}
