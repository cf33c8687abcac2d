package sekisho.ops;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why an address or a user is let in or not. Times are in ISO 8601.
 *
 * @param address the address; null for a user
 * @param user the name of the user; null for an address
 * @param verdict {@code banned} or {@code locked} if the next attempt is refused whatever its
 *     password, {@code allowed} if the address cannot be banned, else {@code open}
 * @param failures since the last success or pardon
 * @param threshold as many of them ban or lock
 * @param byOperator whether an operator's ban or lock is in force
 * @param since when the ban or lock began; null where there is none, or where that is not known, as
 *     the threshold was another one then
 * @param lastLogins the last two successes of a user, the newest first; empty for an address
 * @param acts what operators did, the newest first
 * @param attempts the newest attempts, the newest first
 * @param searchedDownTo all attempts with higher numbers were looked at; 0 for the whole log
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Explanation(
    @Nullable String address,
    @Nullable String user,
    String verdict,
    long failures,
    int threshold,
    boolean byOperator,
    @Nullable String since,
    List<Login> lastLogins,
    List<Act> acts,
    List<Attempt> attempts,
    long searchedDownTo) {

  /** A success. */
  public record Login(String at, String address) {}

  /**
   * What an operator did.
   *
   * @param number its place in the order of the attempts
   */
  public record Act(long number, String at, String kind, String operator, String reason) {}

  /**
   * An attempt.
   *
   * @param number its place in the order
   * @param login the name as typed
   * @param logged whether it is in the login log; otherwise it waits in the queue
   */
  public record Attempt(
      long number, String at, String login, String address, boolean succeeded, boolean logged) {}
}
