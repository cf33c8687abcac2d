package sekisho.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import sekisho.testing.Client;
import sekisho.testing.LoginLoad;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.SmallStores;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestServers;

/** Two processes on the same stores are one service. */
class TwoInstancesIT {

  private static final int GUESSES = 60;
  private static final String SESSION_KEY = "0123456789abcdef".repeat(4);

  private static SmallStores stores;
  private static ServiceHome oneHome;
  private static ServiceHome otherHome;
  private static ServiceProcess one;
  private static ServiceProcess other;

  @BeforeAll
  static void start() {
    stores = SmallStores.withUsers(TestServers.shared(), 3);
    oneHome = new ServiceHome().with(stores).with("SEKISHO_SESSION_KEY", SESSION_KEY);
    otherHome = new ServiceHome().with(stores).with("SEKISHO_SESSION_KEY", SESSION_KEY);
    // At the same time, on a database that was not used before.
    one = oneHome.start("serve");
    other = otherHome.start("serve");
    one.awaitReady();
    other.awaitReady();
  }

  @AfterAll
  static void closeHomes() {
    oneHome.close();
    otherHome.close();
  }

  private static void assertNoDifference() {
    ServiceHome.Finished verify = oneHome.run("verify");
    assertThat(verify.status()).as(verify.out() + verify.err()).isZero();
  }

  /** All at once, spread over both; how often each notice came. */
  private static Map<String, Long> guess(IntFunction<String> name, IntFunction<String> address) {
    ExecutorService threads = Executors.newFixedThreadPool(GUESSES);
    try {
      List<CompletableFuture<String>> notices =
          IntStream.range(0, GUESSES)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () -> {
                            try {
                              Client client = (i % 2 == 0 ? one : other).client();
                              return client
                                  .login(name.apply(i), "guess", address.apply(i))
                                  .notice();
                            } catch (IOException e) {
                              throw new IllegalStateException(e);
                            }
                          },
                          threads))
              .toList();
      return notices.stream()
          .map(CompletableFuture::join)
          .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void threeGuessesOfOneUserAreAnsweredOverBoth() {
    assertThat(guess(i -> "user1", i -> "203.0.113." + i))
        .isEqualTo(Map.of("wrong", 3L, "locked", GUESSES - 3L));
    assertThat(one.client().report()).isEqualTo(other.client().report()).contains("user1");
    assertNoDifference();
  }

  @Test
  void tenGuessesFromOneAddressAreAnsweredOverBoth() {
    assertThat(guess(i -> "nobody" + i, i -> "192.0.2.77"))
        .isEqualTo(Map.of("wrong", 10L, "banned", GUESSES - 10L));
    assertThat(other.client().report()).isEqualTo(one.client().report()).contains("192.0.2.77");
    assertNoDifference();
  }

  @Test
  void oneAfterTheOtherCanBeRestarted() throws IOException {
    String session = one.client().login("user2", "password2", "198.51.100.1").cookie();
    LoginLoad onOther = LoginLoad.on(other.client());
    one = restarted(one, oneHome, onOther);
    LoginLoad onOne = LoginLoad.on(one.client());
    onOther.stop();
    other = restarted(other, otherHome, onOne);
    onOne.stop();
    assertThat(onOne.otherAnswers()).isEmpty();
    assertThat(onOther.otherAnswers()).isEmpty();
    assertThat(other.client().get("/mypage", session)).contains("user2");
    one.client().report();
    try (SqlProbe sql = stores.sql()) {
      List<String> logged = sql.query("SELECT login FROM login_log WHERE login LIKE 'load%'");
      assertThat(logged)
          .doesNotHaveDuplicates()
          .containsAll(onOne.answered())
          .containsAll(onOther.answered());
    }
    assertNoDifference();
  }

  private static ServiceProcess restarted(
      ServiceProcess process, ServiceHome home, LoginLoad meanwhile) {
    meanwhile.awaitAnswered(50);
    process.signal("TERM");
    assertThat(process.awaitEnd().status()).isZero();
    ServiceProcess next = home.startReady("serve");
    meanwhile.awaitAnswered(50);
    return next;
  }
}
