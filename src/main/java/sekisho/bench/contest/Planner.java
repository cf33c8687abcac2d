package sekisho.bench.contest;

import java.util.SplittableRandom;
import sekisho.bench.client.LoginTry;
import sekisho.bench.load.Account;

/**
 * Decides what one worker tries next. Depends on the worker's own random numbers and on the answers
 * it got, never on time or on other workers: the same seed gives the same attempts.
 */
public final class Planner implements Plan {

  private static final int USES_OF_UNKNOWN_NAME = 5;

  private final int worker;
  private final ExpectedState expected;
  private final UserPool users;
  private final AddressPool addresses;
  private final SplittableRandom random;
  private int unknownNames;
  private Account account;

  public Planner(
      int worker,
      ExpectedState expected,
      UserPool users,
      AddressPool addresses,
      SplittableRandom random) {
    this.worker = worker;
    this.expected = expected;
    this.users = users;
    this.addresses = addresses;
    this.random = random;
  }

  @Override
  public LoginTry next() {
    int dice = random.nextInt(100);
    if (dice < 4) {
      String banned = addresses.pickBanned();
      if (banned != null) {
        return attempt(users.pick(), banned, random.nextBoolean());
      }
    } else if (dice < 8) {
      Account locked = users.pickLocked();
      if (locked != null) {
        return attempt(locked, addresses.pick(), random.nextBoolean());
      }
    }
    String address = addresses.pick();
    if (AddressPool.ownersAddress(address) && random.nextInt(10) < 6) {
      return attempt(ownerElsewhere(address), address, true);
    }
    return attempt(random.nextInt(10) == 0 ? null : users.pick(), address, false);
  }

  @Override
  public void settle(LoginTry attempt) {
    if (account != null) {
      users.settle(account, expected.userFailures(account.login()));
    }
    addresses.settle(attempt.address(), expected.addressFailures(attempt.address()));
  }

  @Override
  public void retire(LoginTry attempt) {
    if (account != null) {
      users.retire(account);
    }
    addresses.retire(attempt.address());
  }

  @Override
  public boolean outOfUsers() {
    return users.exhausted();
  }

  private LoginTry attempt(Account user, String address, boolean right) {
    account = user;
    if (user == null) {
      String name = "nobody-" + worker + "-" + unknownNames++ / USES_OF_UNKNOWN_NAME;
      return new LoginTry(name, "guess" + random.nextInt(1000), address, false);
    }
    String password = right ? user.password() : user.password() + "-" + random.nextInt(1000);
    return new LoginTry(user.login(), password, address, right);
  }

  /**
   * Prefers a user whose newest success came from another address, so that the member page tells
   * the two apart.
   */
  private Account ownerElsewhere(String address) {
    Account user = users.pick();
    for (int i = 0;
        i < 8 && user != null && address.equals(expected.newestSuccess(user.login()));
        i++) {
      user = users.pick();
    }
    return user;
  }
}
