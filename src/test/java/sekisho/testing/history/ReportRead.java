package sekisho.testing.history;

import java.util.Collection;
import java.util.Set;

/**
 * A report as its client got it.
 *
 * @param start when it was asked for, on the clock of {@link ClientAttempt#start()}
 * @param end when it was there
 * @param bannedIps the addresses in it
 * @param lockedUsers the names in it
 */
public record ReportRead(long start, long end, Set<String> bannedIps, Set<String> lockedUsers) {

  /** Copies the lists. */
  public ReportRead(
      long start, long end, Collection<String> bannedIps, Collection<String> lockedUsers) {
    this(start, end, Set.copyOf(bannedIps), Set.copyOf(lockedUsers));
  }
}
