package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.login.Outcome.BANNED;
import static sekisho.login.Outcome.LOCKED;
import static sekisho.login.Outcome.SUCCESS;
import static sekisho.login.Outcome.WRONG;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import sekisho.app.Service;
import sekisho.login.Outcome;
import sekisho.testing.Browser;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.TestUser;

/**
 * Decide, count and record are one step for all instances together: many attempts at once, at two
 * instances.
 */
class ParallelLoginIT {

  @RegisterExtension static final ServiceUnderTest SERVICE = ServiceUnderTest.with();

  private static Service second;

  @BeforeAll
  static void startSecondInstance() {
    second = SERVICE.another();
  }

  /**
   * Sends all attempts, each on a connection of its own and half of them to each instance, before
   * reading an answer.
   */
  private static Map<Outcome, Integer> atOnce(
      int attempts, IntFunction<String> address, Function<Browser, Runnable> attempt) {
    List<Browser> browsers =
        IntStream.range(0, attempts)
            .mapToObj(
                i -> new Browser(i % 2 == 0 ? SERVICE.port() : second.port(), address.apply(i)))
            .toList();
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    try {
      browsers.stream().map(attempt).toList().forEach(Runnable::run);
      browsers.forEach(browser -> outcomes.merge(browser.outcome(), 1, Integer::sum));
    } finally {
      browsers.forEach(Browser::close);
    }
    return outcomes;
  }

  @RepeatedTest(5)
  void ofSixtyWrongGuessesAtOneUserThreeAreAnsweredWrong() {
    TestUser user = SERVICE.newUser();
    List<String> addresses = IntStream.range(0, 60).mapToObj(i -> SERVICE.newAddress()).toList();

    assertThat(
            atOnce(60, addresses::get, browser -> () -> browser.sendLogin(user.login(), "guess")))
        .isEqualTo(Map.of(WRONG, 3, LOCKED, 57));
    assertThat(SERVICE.reported("locked_users")).contains(user.login());
  }

  @RepeatedTest(5)
  void ofFortyUnknownNamesFromOneAddressTenAreAnsweredWrong() {
    String address = SERVICE.newAddress();

    assertThat(atOnce(40, i -> address, browser -> () -> browser.sendLogin("nobody", "guess")))
        .isEqualTo(Map.of(WRONG, 10, BANNED, 30));
    assertThat(SERVICE.reported("banned_ips")).contains(address);
  }

  @Test
  void guessesAtManyUsersFromOneAddressAreStoppedByTheBan() {
    String address = SERVICE.newAddress();
    List<TestUser> users = IntStream.range(0, 20).mapToObj(i -> SERVICE.newUser()).toList();
    List<TestUser> targets = new ArrayList<>(users);
    targets.addAll(users);
    Collections.shuffle(targets);
    var next = targets.iterator();

    assertThat(
            atOnce(
                40,
                i -> address,
                browser -> {
                  TestUser target = next.next();
                  return () -> browser.sendLogin(target.login(), "guess");
                }))
        .isEqualTo(Map.of(WRONG, 10, BANNED, 30));
  }

  @Test
  void fiftyRightLoginsOfOneUserFromOneAddressAllSucceed() {
    TestUser user = SERVICE.newUser();
    String address = SERVICE.newAddress();

    assertThat(
            atOnce(
                50,
                i -> address,
                browser -> () -> browser.sendLogin(user.login(), user.password())))
        .isEqualTo(Map.of(SUCCESS, 50));
    SERVICE.report();
    assertThat(
            SERVICE
                .sql()
                .query(
                    "SELECT COUNT(*), SUM(succeeded) FROM login_log WHERE ip = '" + address + "'"))
        .containsExactly("50 50");
  }

  @Test
  void fiftyRightLoginsOfDifferentUsersAllSucceed() {
    List<TestUser> users = IntStream.range(0, 50).mapToObj(i -> SERVICE.newUser()).toList();
    var next = users.iterator();

    assertThat(
            atOnce(
                50,
                i -> SERVICE.newAddress(),
                browser -> {
                  TestUser user = next.next();
                  return () -> browser.sendLogin(user.login(), user.password());
                }))
        .isEqualTo(Map.of(SUCCESS, 50));
  }

  @Test
  void betweenTwoSuccessesAtMostThreeGuessesAreAnsweredWrong() {
    TestUser user = SERVICE.newUser();
    List<String> addresses = IntStream.range(0, 60).mapToObj(i -> SERVICE.newAddress()).toList();
    List<Boolean> right = new ArrayList<>(Collections.nCopies(30, true));
    right.addAll(Collections.nCopies(30, false));
    Collections.shuffle(right);
    var next = right.iterator();

    atOnce(
        60,
        addresses::get,
        browser -> {
          String password = next.next() ? user.password() : "guess";
          return () -> browser.sendLogin(user.login(), password);
        });
    SERVICE.report();
    List<String> log =
        SERVICE
            .sql()
            .query("SELECT succeeded FROM login_log WHERE user_id = " + user.id() + " ORDER BY id");
    assertThat(log).hasSize(60);
    // Once three failures follow one another the user stays locked: no success comes after them.
    assertThat(String.join("", log)).doesNotContainPattern("0001").doesNotContainPattern("000.*1");
  }
}
