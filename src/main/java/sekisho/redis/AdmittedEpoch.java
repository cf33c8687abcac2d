package sekisho.redis;

import sekisho.login.StoreUnavailableException;

/**
 * The epoch that this process was admitted to, in the memory of one Redis. What is read from Redis
 * and given to a client, or moved to MySQL, counts only if it comes from there. A Redis that was
 * started anew, replaced or set back may hold the same epoch and yet lack attempts that were
 * answered; only an admission finds that out. Thread-safe.
 */
public final class AdmittedEpoch {

  private final ReplayBuffer recent;
  private String epoch = "";
  private String runId = "";

  public AdmittedEpoch(ReplayBuffer recent) {
    this.recent = recent;
  }

  /**
   * Lets pass what comes from this Redis, and nothing else any more.
   *
   * @param newEpoch the epoch that it was found to hold
   * @param newRunId see {@link RedisServerCheck#runId}
   */
  public synchronized void admitted(String newEpoch, String newRunId) {
    epoch = newEpoch;
    runId = newRunId;
    recent.admitted(newEpoch);
  }

  /**
   * The highest number that this process answered; to be asked for before a state is read that is
   * to be checked.
   *
   * @return the number, 0 when it answered nothing under the epoch that it was admitted to
   */
  public synchronized long answered() {
    return recent.highest(epoch);
  }

  /**
   * Whether {@link #require} would pass this state.
   *
   * @param read the state
   * @param least a number that Redis must not be behind
   * @return false when this process should be admitted anew
   */
  public boolean passes(LoginQueue.State read, long least) {
    try {
      require(read, least);
      return true;
    } catch (StoreUnavailableException e) {
      return false;
    }
  }

  /**
   * Checks what was read.
   *
   * @param read the state, read together with what is to be used, or after it
   * @param least a number that Redis must not be behind: one that was known before
   * @throws StoreUnavailableException when it may lack attempts that were answered
   */
  public synchronized void require(LoginQueue.State read, long least) {
    if (read.server().problem().isPresent()) {
      throw new StoreUnavailableException(read.server().problem().get());
    }
    if (epoch.isEmpty()) {
      throw new StoreUnavailableException("the stores have not been compared yet");
    }
    if (!read.epoch().equals(epoch)) {
      throw new StoreUnavailableException(
          "Redis does not hold the history of MySQL, or its counters are being made anew");
    }
    if (!read.server().runId().equals(runId) || !read.runId().equals(runId)) {
      throw new StoreUnavailableException(
          "Redis was started anew or failed over; it is not known yet whether it lost attempts");
    }
    if (read.sequence() < least) {
      throw new StoreUnavailableException("Redis lacks attempts that were answered");
    }
  }
}
