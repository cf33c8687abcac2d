package sekisho.redis;

/**
 * The names of the service's keys; redis/README.md says what each holds.
 *
 * @param state hash: epoch, sequence number, version of the user directory and more
 * @param addresses hash: failures by address
 * @param users hash: failures by user id
 * @param logins hash: last two successes by user id
 * @param queue list: attempts that wait for MySQL
 * @param lost list: attempts that Redis lost and instances delivered
 * @param present hash: instances that answered at the recovery barrier
 * @param instances hash: instances that run, and what they serve
 */
public record RedisKeys(
    String state,
    String addresses,
    String users,
    String logins,
    String queue,
    String lost,
    String present,
    String instances) {

  /**
   * The keys under a prefix.
   *
   * @param prefix the prefix with its hash tag, such as <code>{sekisho}:</code>; it keeps all keys
   *     on one cluster node
   */
  public static RedisKeys under(String prefix) {
    return new RedisKeys(
        prefix + "state",
        prefix + "failures:address",
        prefix + "failures:user",
        prefix + "logins",
        prefix + "queue",
        prefix + "lost",
        prefix + "present",
        prefix + "instances");
  }

  /**
   * Where counters are rebuilt before they replace those in force.
   *
   * @return names beside the present ones, for {@code addresses}, {@code users} and {@code logins}
   */
  public RedisKeys rebuilt() {
    return new RedisKeys(
        state,
        addresses + ":rebuilt",
        users + ":rebuilt",
        logins + ":rebuilt",
        queue,
        lost,
        present,
        instances);
  }
}
