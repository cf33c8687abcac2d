package sekisho.testing.history;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import sekisho.login.RecordedAttempt;

/** Finds the attempt of a row, and remembers where in the log each attempt stands. */
final class AttemptIndex {

  private final Map<Key, ClientAttempt> attempts = new LinkedHashMap<>();
  private final Map<ClientAttempt, Integer> places = new HashMap<>();

  private record Key(String login, String address) {}

  AttemptIndex(Collection<ClientAttempt> all) {
    for (ClientAttempt attempt : all) {
      if (attempts.put(new Key(attempt.login(), attempt.address()), attempt) != null) {
        throw new IllegalArgumentException(
            "the test made this attempt twice, so that its rows cannot be told apart: " + attempt);
      }
    }
  }

  /** The attempt that a row records; null when there was none. */
  ClientAttempt of(RecordedAttempt row) {
    return attempts.get(new Key(row.login(), row.address()));
  }

  /** Remembers the place of an attempt; false when it has one already. */
  boolean place(ClientAttempt attempt, int index) {
    return places.putIfAbsent(attempt, index) == null;
  }

  /** Where attempts stand in the log; those that are not in it are absent. */
  Map<ClientAttempt, Integer> places() {
    return places;
  }

  /** All attempts. */
  Collection<ClientAttempt> attempts() {
    return attempts.values();
  }
}
