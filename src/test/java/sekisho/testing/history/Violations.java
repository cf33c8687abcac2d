package sekisho.testing.history;

import java.util.ArrayList;
import java.util.List;

/** Gathers violations. */
final class Violations {

  private final List<Violation> found = new ArrayList<>();

  void add(Violation.Kind kind, String format, Object... arguments) {
    found.add(new Violation(kind, String.format(format, arguments)));
  }

  List<Violation> all() {
    return List.copyOf(found);
  }
}
