package sekisho.bench.contest;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import sekisho.bench.load.Account;

/**
 * One worker's share of the users: no other worker attempts them, so what the rules must answer is
 * known exactly. One draw in eight takes a user of the seeded log, as long as there are any.
 */
public final class UserPool {

  private static final int PLACES = 12;
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  private final Pool<Account> pool;
  private final List<Account> seededLocked = new ArrayList<>();
  private final SplittableRandom random;
  private boolean exhausted;

  public UserPool(List<Account> share, int threshold, SplittableRandom random) {
    this.random = random;
    Deque<Account> fresh = new ArrayDeque<>();
    Deque<Account> inLog = new ArrayDeque<>();
    for (Account account : share) {
      if (account.failures() >= threshold) {
        seededLocked.add(account);
      } else {
        (account.inLog() ? inLog : fresh).add(account);
      }
    }
    this.pool = new Pool<>(() -> draw(fresh, inLog), PLACES, threshold, NO_LIMIT, random);
  }

  /** A user who is not locked; null when all are used up. */
  Account pick() {
    return pool.pick();
  }

  /** A locked user, of this run or of the seed; null when there is none. */
  Account pickLocked() {
    Account ofThisRun = pool.pickBeyond();
    if (seededLocked.isEmpty() || ofThisRun != null && random.nextBoolean()) {
      return ofThisRun;
    }
    return seededLocked.get(random.nextInt(seededLocked.size()));
  }

  void settle(Account account, int failures) {
    pool.settle(account, failures);
  }

  void retire(Account account) {
    seededLocked.remove(account);
    pool.retire(account);
  }

  /** Whether the share had no user left for an empty place. */
  boolean exhausted() {
    return exhausted;
  }

  private Account draw(Queue<Account> fresh, Queue<Account> inLog) {
    boolean preferInLog = random.nextInt(8) == 0;
    Account account = (preferInLog ? inLog : fresh).poll();
    if (account == null) {
      account = (preferInLog ? fresh : inLog).poll();
    }
    exhausted |= account == null;
    return account;
  }
}
