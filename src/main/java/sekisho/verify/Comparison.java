package sekisho.verify;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Counts differences, and keeps a line for each of the first ones of each kind, which says what
 * should be and what is: their number may be that of all addresses. Not thread-safe.
 */
final class Comparison {

  private final int limit;
  private final Map<Kind, List<String>> lines = new EnumMap<>(Kind.class);
  private long found;

  /** What differs, in the order in which differences are told. */
  enum Kind {
    ADDRESS_FAILURES("address_failures: address "),
    USER_FAILURES("user_failures: user "),
    LAST_LOGINS("last_logins: user "),
    BANNED_ADDRESSES("report: banned address "),
    LOCKED_USERS("report: locked user "),
    LOG("login_log: "),
    QUARANTINE("quarantine: "),
    QUEUE("queue: "),
    STATE(""),
    REDIS_ADDRESSES("counter in Redis: address "),
    REDIS_USERS("counter in Redis: user "),
    REDIS_LOGINS("last logins in Redis: user ");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }
  }

  Comparison(int limit) {
    this.limit = limit;
  }

  /** Adds a difference. */
  void add(Kind kind, String difference) {
    found++;
    List<String> kept = lines.computeIfAbsent(kind, first -> new ArrayList<>());
    if (kept.size() < limit) {
      kept.add(kind.prefix + difference);
    }
  }

  /**
   * Adds the difference between what the log gives for a key and what was found; null is nothing.
   */
  void add(Kind kind, String key, Object should, Object is) {
    add(kind, key + ": " + orNothing(is) + ", but the log gives " + orNothing(should));
  }

  private static Object orNothing(Object value) {
    return value == null ? "nothing" : value;
  }

  /** How many differences there are. */
  long found() {
    return found;
  }

  /** The first ones, at most as many as are to be kept. */
  List<String> differences() {
    return lines.values().stream().flatMap(List::stream).limit(limit).toList();
  }
}
