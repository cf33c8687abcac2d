package sekisho.testing.history;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import sekisho.login.Counters;
import sekisho.login.RecordedAttempt;
import sekisho.login.Thresholds;
import sekisho.testing.history.Violation.Kind;

/**
 * Compares reports with the log. Nobody leaves a report: a banned address and a locked user cannot
 * succeed any more. So each has one place in the log from which on it is in every report, and a
 * report is right if it shows the log up to some place: not before any attempt that had ended when
 * the report was asked for, and not after any that began when it was there.
 */
final class ReportCheck {

  private final Thresholds thresholds;
  private final Map<String, Integer> banned = new HashMap<>();
  private final Map<String, Integer> locked = new HashMap<>();

  ReportCheck(Thresholds thresholds) {
    this.thresholds = thresholds;
  }

  /** Takes the next row of the log, with the counters after it. */
  void next(int index, RecordedAttempt row, Counters after) {
    if (after.addressFailures().getOrDefault(row.address(), 0L) >= thresholds.ipBan()) {
      banned.putIfAbsent(row.address(), index);
    }
    if (row.userId().isPresent()
        && after.userFailures().getOrDefault(row.userId().getAsLong(), 0L)
            >= thresholds.userLock()) {
      locked.putIfAbsent(row.login(), index);
    }
  }

  /** Checks a report, once the whole log has been taken. */
  void check(ReportRead report, AttemptIndex attempts, int inAnyCase, Violations found) {
    int from = inAnyCase - 1;
    int to = Integer.MAX_VALUE;
    for (Map.Entry<ClientAttempt, Integer> placed : attempts.places().entrySet()) {
      if (placed.getKey().answer().isPresent() && placed.getKey().end() < report.start()) {
        from = Math.max(from, placed.getValue());
      }
      if (placed.getKey().start() > report.end()) {
        to = Math.min(to, placed.getValue());
      }
    }
    extra("address", report.bannedIps(), banned, to, found);
    extra("user", report.lockedUsers(), locked, to, found);
    // What shows one attempt shows all before it.
    int shown =
        Math.max(
            from,
            Math.max(latest(report.bannedIps(), banned), latest(report.lockedUsers(), locked)));
    missing("address", report.bannedIps(), banned, shown, found);
    missing("user", report.lockedUsers(), locked, shown, found);
  }

  private static int latest(Set<String> reported, Map<String, Integer> entered) {
    return reported.stream().mapToInt(each -> entered.getOrDefault(each, -1)).max().orElse(-1);
  }

  private static void extra(
      String what, Set<String> reported, Map<String, Integer> entered, int to, Violations found) {
    for (String each : reported) {
      if (entered.getOrDefault(each, Integer.MAX_VALUE) >= to) {
        found.add(
            Kind.REPORT_EXTRA,
            "a report has %s '%s', %s",
            what,
            each,
            entered.containsKey(each)
                ? "which was over the threshold only later"
                : "which never was over the threshold");
      }
    }
  }

  private static void missing(
      String what,
      Set<String> reported,
      Map<String, Integer> entered,
      int shown,
      Violations found) {
    entered.forEach(
        (each, index) -> {
          if (index <= shown && !reported.contains(each)) {
            found.add(
                Kind.REPORT_MISSING,
                "a report lacks %s '%s', which was over the threshold before",
                what,
                each);
          }
        });
  }
}
