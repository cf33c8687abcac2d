package sekisho.bench.contest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import sekisho.bench.client.Response;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Reason;

/**
 * The difference between {@code /report} and the expected state.
 *
 * @param locked of the list of locked users
 * @param banned of the list of banned addresses
 */
public record ReportCheck(Difference locked, Difference banned) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Compares a report with the expected state.
   *
   * @throws Problem when the answer is not 200 or not a report
   */
  public static ReportCheck compare(Response response, ExpectedState expected) {
    if (response.status() != 200) {
      throw new Problem(Reason.STATUS, "GET /report: expected 200, got " + response.status());
    }
    JsonNode report;
    try {
      report = JSON.readTree(response.body().getBytes());
    } catch (JsonProcessingException e) {
      throw new Problem(Reason.REPORT_FORM, "GET /report: not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new Problem(Reason.REPORT_FORM, "GET /report: not JSON: " + e.getMessage());
    }
    return new ReportCheck(
        Difference.between(names(report, "locked_users"), expected.lockedUsers()),
        Difference.between(names(report, "banned_ips"), expected.bannedAddresses()));
  }

  /** Whether nothing is missing, extra or listed twice. */
  public boolean agrees() {
    return locked.agrees() && banned.agrees();
  }

  /** Each difference as a problem. */
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    locked.missing.forEach(name -> problems.add(new Problem(Reason.LOCKED_MISSING, name)));
    locked.extra.forEach(name -> problems.add(new Problem(Reason.LOCKED_EXTRA, name)));
    banned.missing.forEach(name -> problems.add(new Problem(Reason.BANNED_MISSING, name)));
    banned.extra.forEach(name -> problems.add(new Problem(Reason.BANNED_EXTRA, name)));
    locked.repeated.forEach(name -> problems.add(new Problem(Reason.REPORT_REPEATED, name)));
    banned.repeated.forEach(name -> problems.add(new Problem(Reason.REPORT_REPEATED, name)));
    return problems;
  }

  private static List<String> names(JsonNode report, String field) {
    JsonNode list = report.path(field);
    if (!list.isArray()) {
      throw new Problem(Reason.REPORT_FORM, "GET /report: " + field + " is not a list");
    }
    List<String> names = new ArrayList<>();
    for (JsonNode name : list) {
      if (!name.isTextual()) {
        throw new Problem(
            Reason.REPORT_FORM, "GET /report: " + field + " holds something that is not a string");
      }
      names.add(name.textValue());
    }
    return names;
  }

  /**
   * The difference of one list.
   *
   * @param listed how many different entries the report lists
   * @param sorted whether they are in ascending order
   * @param missing must be listed and is not
   * @param extra is listed and must not be
   * @param repeated is listed more than once
   * @param inDoubt may be listed or not, because an answer was cut off
   */
  public record Difference(
      int listed,
      boolean sorted,
      SortedSet<String> missing,
      SortedSet<String> extra,
      SortedSet<String> repeated,
      SortedSet<String> inDoubt) {

    static Difference between(List<String> report, ExpectedState.Listing expected) {
      SortedSet<String> seen = new TreeSet<>();
      SortedSet<String> repeated = new TreeSet<>();
      boolean sorted = true;
      String previous = null;
      for (String name : report) {
        sorted &= previous == null || previous.compareTo(name) <= 0;
        previous = name;
        if (!seen.add(name)) {
          repeated.add(name);
        }
      }
      return new Difference(
          seen.size(),
          sorted,
          without(expected.certain(), seen),
          without(without(seen, expected.certain()), expected.inDoubt()),
          repeated,
          expected.inDoubt());
    }

    public boolean agrees() {
      return missing.isEmpty() && extra.isEmpty() && repeated.isEmpty();
    }

    private static SortedSet<String> without(Collection<String> all, Set<String> taken) {
      SortedSet<String> rest = new TreeSet<>(all);
      rest.removeIf(taken::contains);
      return rest;
    }
  }
}
