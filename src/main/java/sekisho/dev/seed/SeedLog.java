package sekisho.dev.seed;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import sekisho.dev.seed.SeedUsers.SeedUser;

/**
 * Makes the seeded login log: first what each user does, in order, then one random order of all
 * that keeps each user's own.
 *
 * <p>No user ever fails three times and then succeeds, and no address fails twice, so that the log
 * is one which the rules could have produced.
 */
public final class SeedLog {

  /** The log names users from this id up to the last. */
  static final int FIRST_USER = 195_001;

  public static final int SUCCESSES = 54_000;
  public static final int FAILURES = 15_800;
  static final int LOCKED_USERS = 2_500;
  static final int LOCK_THRESHOLD = 3;
  static final LocalDateTime START = LocalDateTime.of(2014, 2, 22, 0, 0);

  /** So many of the locked users have no success at all. */
  private static final int NEVER_SUCCESSFUL = 100;

  private static final int LONGEST_STEP_SECONDS = 5;
  private static final int SUCCESS_ADDRESSES = 254;
  private static final long RANDOM_SEED = 195_001L;

  private final Random random = new Random(RANDOM_SEED);
  private final List<SeedUser> users;

  /** By user: failures before each success, in order, and last those after the last success. */
  private final List<List<Integer>> failures = new ArrayList<>();

  private SeedLog(List<SeedUser> allUsers) {
    this.users = allUsers.subList(FIRST_USER - 1, allUsers.size());
  }

  /**
   * All rows in order.
   *
   * @param allUsers from {@link SeedUsers#make()}
   */
  static List<SeedAttempt> make(List<SeedUser> allUsers) {
    SeedLog log = new SeedLog(allUsers);
    int[] shuffledUsers = log.shuffled(log.users.size());
    log.decideLastFailures(shuffledUsers);
    log.spreadSuccesses(shuffledUsers);
    log.spreadForgivenFailures();
    return log.interleave();
  }

  /** Locked users end with exactly the threshold, all others with less. */
  private void decideLastFailures(int[] shuffledUsers) {
    users.forEach(user -> failures.add(new ArrayList<>()));
    for (int i = 0; i < shuffledUsers.length; i++) {
      failures
          .get(shuffledUsers[i])
          .add(i < LOCKED_USERS ? LOCK_THRESHOLD : random.nextInt(LOCK_THRESHOLD));
    }
  }

  private void spreadSuccesses(int[] shuffledUsers) {
    int successfulUsers = shuffledUsers.length - NEVER_SUCCESSFUL;
    for (int i = 0; i < SUCCESSES; i++) {
      int position =
          i < successfulUsers ? i : random.nextInt(successfulUsers); // one each, the rest at random
      failures.get(shuffledUsers[NEVER_SUCCESSFUL + position]).add(0, 0);
    }
  }

  /** The failures that are left over go before successes, fewer than lock. */
  private void spreadForgivenFailures() {
    int left = FAILURES - failures.stream().mapToInt(gaps -> gaps.get(gaps.size() - 1)).sum();
    while (left > 0) {
      List<Integer> gaps = failures.get(random.nextInt(users.size()));
      if (gaps.size() > 1) {
        int gap = random.nextInt(gaps.size() - 1);
        if (gaps.get(gap) < LOCK_THRESHOLD - 1) {
          gaps.set(gap, gaps.get(gap) + 1);
          left--;
        }
      }
    }
  }

  private List<SeedAttempt> interleave() {
    List<List<Boolean>> outcomes = failures.stream().map(SeedLog::outcomes).toList();
    int[] turns = new int[SUCCESSES + FAILURES];
    int length = 0;
    for (int user = 0; user < outcomes.size(); user++) {
      for (int i = 0; i < outcomes.get(user).size(); i++) {
        turns[length++] = user;
      }
    }
    shuffle(turns);
    int[] failureAddresses = shuffled(256 * SUCCESS_ADDRESSES);
    int[] done = new int[users.size()];
    int failed = 0;
    LocalDateTime time = START;
    List<SeedAttempt> log = new ArrayList<>(turns.length);
    for (int user : turns) {
      boolean succeeded = outcomes.get(user).get(done[user]++);
      String ip = succeeded ? successAddress() : failureAddress(failureAddresses[failed++]);
      log.add(new SeedAttempt(log.size() + 1L, time, users.get(user), ip, succeeded));
      time = time.plusSeconds(1 + random.nextInt(LONGEST_STEP_SECONDS));
    }
    return List.copyOf(log);
  }

  private static List<Boolean> outcomes(List<Integer> gaps) {
    List<Boolean> outcomes = new ArrayList<>();
    for (int gap = 0; gap < gaps.size(); gap++) {
      for (int i = 0; i < gaps.get(gap); i++) {
        outcomes.add(false);
      }
      if (gap < gaps.size() - 1) {
        outcomes.add(true);
      }
    }
    return outcomes;
  }

  private String successAddress() {
    return "127.250.0." + (1 + random.nextInt(SUCCESS_ADDRESSES));
  }

  private static String failureAddress(int number) {
    return "127.200." + number / SUCCESS_ADDRESSES + "." + (1 + number % SUCCESS_ADDRESSES);
  }

  private int[] shuffled(int size) {
    int[] numbers = new int[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = i;
    }
    shuffle(numbers);
    return numbers;
  }

  /** Fisher and Yates; the library's shuffle does not promise the same result on each version. */
  private void shuffle(int[] numbers) {
    for (int i = numbers.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = numbers[i];
      numbers[i] = numbers[j];
      numbers[j] = swap;
    }
  }

  /**
   * One row of the seeded login log.
   *
   * @param id position in the log, from 1 upwards without gaps
   * @param createdAt UTC, whole seconds
   * @param user who tried; the log has no unknown names
   * @param ip canonical IPv4 address
   * @param succeeded whether the password was right
   */
  public record SeedAttempt(
      long id, LocalDateTime createdAt, SeedUser user, String ip, boolean succeeded) {}
}
