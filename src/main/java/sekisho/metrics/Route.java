package sekisho.metrics;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The paths of the public listener, by which requests are counted. */
public enum Route {
  HOME("/"),
  LOGIN("/login"),
  MYPAGE("/mypage"),
  LOGOUT("/logout"),
  REPORT("/report"),
  FAVICON("/favicon.ico"),
  /** Paths that are not found, and what is no request. */
  OTHER("");

  private static final Map<String, Route> BY_PATH = new HashMap<>();

  static {
    for (Route route : values()) {
      BY_PATH.put(route.path, route);
    }
  }

  private final String path;

  Route(String path) {
    this.path = path;
  }

  /**
   * The route of a request.
   *
   * @param target path and query, as the request line has them
   */
  public static Route of(String target) {
    int query = target.indexOf('?');
    Route found = BY_PATH.get(query < 0 ? target : target.substring(0, query));
    return found == null ? OTHER : found;
  }

  /** The name in metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
