package sekisho.testing.history;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import sekisho.login.HistoryEntry;
import sekisho.login.OperatorAct;
import sekisho.testing.history.Violation.Kind;

/** Finds the act of a row, and remembers where in the log each act stands. */
final class ActIndex {

  private final Map<String, ClientAct> acts = new LinkedHashMap<>();
  private final Map<ClientAct, Integer> places = new HashMap<>();
  private final List<ClientAct> missing;

  ActIndex(Collection<ClientAct> all, List<HistoryEntry> log) {
    for (ClientAct act : all) {
      if (acts.put(act.reason(), act) != null) {
        throw new IllegalArgumentException("the test gave this reason twice: " + act);
      }
    }
    Set<String> logged = new HashSet<>();
    for (HistoryEntry row : log) {
      if (row instanceof OperatorAct act) {
        logged.add(act.reason());
      }
    }
    missing = all.stream().filter(act -> !logged.contains(act.reason())).toList();
  }

  /** The act of a row that is its first; null when there is none. */
  ClientAct identify(OperatorAct row, int index, Violations found) {
    ClientAct act = acts.get(row.reason());
    if (act == null || !act.isOf(row)) {
      found.add(Kind.UNKNOWN_ROW, "act %d: %s", row.sequence(), row);
      return null;
    }
    if (places.putIfAbsent(act, index) != null) {
      found.add(Kind.DUPLICATED, "act %d: %s", row.sequence(), act);
      return null;
    }
    return act;
  }

  /** Where acts stand in the log; those that are not in it are absent. */
  Map<ClientAct, Integer> places() {
    return places;
  }

  /** Acts that are not in the log. */
  List<ClientAct> missing() {
    return missing;
  }

  /**
   * Whether an act that is not in the log, and was not confirmed, may have been in force for an
   * attempt: Redis had it, and lost it together with others that were given back as they were.
   */
  boolean mayHaveMet(ClientAttempt attempt) {
    return missing.stream().anyMatch(act -> act.concerns(attempt) && attempt.end() > act.start());
  }
}
