package sekisho.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * The answer of {@code GET /report}.
 *
 * @param bannedIps the addresses that are over the ban threshold, sorted, without duplicates
 * @param lockedUsers the names of the users that are over the lock threshold, sorted, without
 *     duplicates
 */
@JsonPropertyOrder({"banned_ips", "locked_users"})
public record Report(
    @JsonProperty("banned_ips") List<String> bannedIps,
    @JsonProperty("locked_users") List<String> lockedUsers) {

  /** Sorts both lists, so that the same state gives the same bytes. */
  public Report {
    bannedIps = bannedIps.stream().sorted().distinct().toList();
    lockedUsers = lockedUsers.stream().sorted().distinct().toList();
  }
}
