package sekisho.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceHome.Finished;
import sekisho.testing.ServiceProcess;
import sekisho.testing.SmallStores;
import sekisho.testing.SqlProbe;
import sekisho.testing.StoreGate;
import sekisho.testing.StoreGate.Hold;
import sekisho.testing.StoreGate.When;
import sekisho.testing.TestServers;

/**
 * {@code verify} as an operator runs it: how it ends, what memory it takes, and whom it holds up.
 */
class VerifyCommandIT {

  private static final int ATTEMPTS = 120_000;

  /** As many addresses, half of them with a user of their own, and one in ten with a success. */
  private static final String FILL =
      "INSERT INTO login_log SELECT seq, '2014-02-22' + INTERVAL seq SECOND, IF(seq %% 2 = 0, seq, NULL),"
          + " CONCAT('name', seq), CONCAT('2001:db8:', HEX(seq), '::/64'), seq %% 10 = 0 FROM seq_1_to_%d";

  private final SmallStores stores = SmallStores.withUsers(TestServers.shared(), 2);
  private final ServiceHome home = new ServiceHome().with(stores);

  @AfterEach
  void closeHome() {
    home.close();
  }

  private void fill(int attempts) {
    try (SqlProbe sql = stores.sql()) {
      sql.query(String.format(FILL, attempts));
    }
    Finished rebuild = home.run("rebuild");
    assertThat(rebuild.status()).as(rebuild.err()).isZero();
  }

  private static void assertFailed(Finished verify, String reason) {
    assertThat(verify.status()).isEqualTo(2);
    assertThat(verify.err().lines())
        .as(verify.err())
        .singleElement()
        .asString()
        .startsWith("sekisho: ")
        .contains(reason);
  }

  @Test
  void aHistoryOfAnySizeIsComparedAndRebuiltInASmallHeap() throws IOException {
    home.withHeap("48m");
    fill(ATTEMPTS);
    Finished sound = home.run("verify");
    assertThat(sound.status()).as(sound.out() + sound.err()).isZero();
    assertThat(sound.out())
        .endsWith(
            "Compared "
                + ATTEMPTS
                + " attempts in the log and 0 in the queue: 0 banned addresses,"
                + " 0 locked users, 0 differences.\n");
    try (RedisProbe redis = new RedisProbe(stores.redisUrl())) {
      redis.send("DEL", stores.prefix() + "failures:address");
    }
    Finished different = home.run("verify", "--limit", "3");
    assertThat(different.status()).isEqualTo(1);
    assertThat(different.out().lines())
        .hasSize(5)
        .contains("... and " + (ATTEMPTS * 9 / 10 - 3) + " more");
    try (var left = Files.list(home.directory().resolve("tmp"))) {
      assertThat(left.map(Path::getFileName).map(Path::toString))
          .as("temporary files")
          .noneMatch(name -> name.endsWith(".sort"));
    }
  }

  /** Neither an instance that starts nor a report waits for a verification that does not go on. */
  @Test
  void nothingWaitsForOneThatIsFrozen() throws IOException {
    fill(30_000);
    try (StoreGate mySql = StoreGate.ofMySql(stores.mysqlUrl());
        ServiceHome other = new ServiceHome().with(stores)) {
      home.with("SEKISHO_MYSQL_URL", mySql.mySqlUrl(stores.mysqlUrl()));
      Hold halfWay =
          mySql.holdNext(When.BEFORE, statement -> statement.contains("FROM user_failures"));
      ServiceProcess verify = home.start("verify");
      halfWay.awaitHeld();
      verify.signal("STOP");
      ServiceProcess service = other.startReady("serve");
      for (int attempt = 1; attempt <= 3; attempt++) {
        assertThat(service.client().login("user1", "guess", "192.0.2.1").status()).isEqualTo(302);
      }
      assertThat(service.client().report())
          .isEqualTo("{\"banned_ips\":[],\"locked_users\":[\"user1\"]}");
      halfWay.release();
      verify.signal("CONT");
      Finished finished = verify.awaitEnd();
      // A start that takes long takes the snapshot away from it.
      assertThat(finished.out()).doesNotContain(", but the log gives");
      assertThat(finished.status()).as(finished.out() + finished.err()).isIn(0, 2);
    }
  }

  @Test
  void whatCannotBeComparedIsSaidInOneLine() {
    assertFailed(home.run("verify"), "the stores are empty");
    home.with("SEKISHO_REDIS_URL", "unix:///nonexistent/redis.sock");
    assertFailed(home.run("verify"), "Redis");
  }
}
