package sekisho.ops;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the service is, as both stores tell. A part that could not be read is null, and its reason is
 * among the problems.
 *
 * @param problems what an operator has to look at, a line each; none when all is well
 */
public record StoreStatus(
    List<String> problems,
    List<Instance> instances,
    @Nullable Queue queue,
    @Nullable Memory memory,
    @Nullable History history) {

  /**
   * An instance that was heard of.
   *
   * @param name host and address of its listener
   * @param silentSeconds how long ago it was heard of, by the clock of Redis
   * @param serving whether it accepts attempts under the epoch in force
   */
  public record Instance(
      String name, @JsonProperty("silent_s") double silentSeconds, boolean serving) {}

  /**
   * The login queue.
   *
   * @param length attempts that wait for MySQL
   * @param oldestSeconds the age of the oldest of them, by the clock of Redis; null for an empty
   *     queue
   * @param newest the number of the newest attempt of all
   */
  public record Queue(
      long length, @JsonProperty("oldest_s") @Nullable Double oldestSeconds, long newest) {}

  /**
   * The memory of Redis.
   *
   * @param used in bytes
   * @param limit its {@code maxmemory} in bytes, at which attempts are refused; 0 for none
   */
  public record Memory(
      @JsonProperty("used_bytes") long used, @JsonProperty("limit_bytes") long limit) {}

  /**
   * What MySQL has.
   *
   * @param flushed the highest number in the login log
   * @param users how many there are
   * @param bannedAddresses those of the newest report or flush
   * @param lockedUsers the same
   * @param lost answered attempts that are in quarantine, and so not in the log
   * @param quarantined queue rows in quarantine
   */
  public record History(
      long flushed,
      long users,
      @JsonProperty("banned_addresses") long bannedAddresses,
      @JsonProperty("locked_users") long lockedUsers,
      long lost,
      long quarantined) {}
}
