package sekisho.recovery;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Gathers differences, each as a line that names what should be and what is. */
final class Comparison {

  private final List<String> differences = new ArrayList<>();

  /** Adds a difference. */
  void add(String difference) {
    differences.add(difference);
  }

  /** Adds a line for each key whose values differ. */
  <K extends Comparable<K>> void compare(String what, Map<K, ?> expected, Map<K, ?> actual) {
    if (expected.equals(actual)) {
      return;
    }
    Set<K> keys = new TreeSet<>(expected.keySet());
    keys.addAll(actual.keySet());
    for (K key : keys) {
      Object should = expected.get(key);
      Object is = actual.get(key);
      if (should == null) {
        add(what + " " + key + ": " + is + ", but the log gives nothing");
      } else if (!should.equals(is)) {
        add(what + " " + key + ": " + (is == null ? "nothing" : is) + ", but the log gives " + should);
      }
    }
  }

  /** Adds a line for each element that is in one set alone. */
  void compare(String what, Set<String> expected, Set<String> actual) {
    expected.stream().filter(each -> !actual.contains(each)).sorted().forEach(each -> add(what + " " + each + " is missing"));
    actual.stream().filter(each -> !expected.contains(each)).sorted().forEach(each -> add(what + " " + each + " is extra"));
  }

  /** All differences so far. */
  List<String> differences() {
    return Collections.unmodifiableList(differences);
  }
}
