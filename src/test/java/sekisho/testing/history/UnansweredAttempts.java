package sekisho.testing.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Attempts that were neither answered nor recorded. A Redis that is lost may have decided one of
 * them just before another, whose answer its client got: that one is given back as it was, and the
 * first is known to nobody.
 */
final class UnansweredAttempts {

  private final Map<Object, List<ClientAttempt>> bySubject = new HashMap<>();

  UnansweredAttempts(Collection<ClientAttempt> all, Set<ClientAttempt> logged) {
    all.stream()
        .filter(attempt -> attempt.answer().isEmpty() && !logged.contains(attempt))
        .forEach(
            attempt ->
                subjects(attempt)
                    .forEach(
                        subject ->
                            bySubject
                                .computeIfAbsent(subject, key -> new ArrayList<>())
                                .add(attempt)));
  }

  /** Whether one of the same user or address was under way when this one was decided. */
  boolean mayHaveMet(ClientAttempt attempt) {
    return subjects(attempt)
        .flatMap(subject -> bySubject.getOrDefault(subject, List.of()).stream())
        .anyMatch(other -> other.start() < attempt.end() && attempt.start() < other.end());
  }

  private static Stream<Object> subjects(ClientAttempt attempt) {
    return attempt.userId().isPresent()
        ? Stream.of(attempt.address(), attempt.userId().getAsLong())
        : Stream.of(attempt.address());
  }
}
