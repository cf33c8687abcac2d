package sekisho.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sekisho.login.Outcome;
import sekisho.testing.Browser;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceHome.Finished;
import sekisho.testing.SmallStores;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestServers;
import sekisho.testing.Until;

/** What operators do by commands, beside a running service. */
class OperatorActsIT {

  private static final String ATTACKER = "203.0.113.7";

  private final SmallStores stores = SmallStores.withUsers(TestServers.shared(), 3);
  private final ServiceHome home =
      new ServiceHome().with(stores).with("SEKISHO_TRUSTED_PROXIES", "127.0.0.1");

  @AfterEach
  void closeHome() {
    home.close();
  }

  private Outcome login(String address, String name, String password) {
    try (Browser browser = new Browser(home.port(), address)) {
      return browser.login(name, password);
    }
  }

  private void fail(int times, String address, String name) {
    for (int i = 0; i < times; i++) {
      login(address, name, "wrong");
    }
  }

  private Outcome right(String address, int user) {
    return login(address, "user" + user, "password" + user);
  }

  private String done(String... command) {
    Finished finished = home.run(command);
    assertThat(finished.status()).as(finished.out() + finished.err()).isZero();
    return finished.out();
  }

  private String refused(String... command) {
    Finished finished = home.run(command);
    assertThat(finished.status()).as(finished.out()).isEqualTo(1);
    assertThat(finished.err().lines()).hasSize(1);
    return finished.err();
  }

  private JsonNode json(String... command) {
    try {
      return new ObjectMapper().readTree(done(command));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void verified() {
    assertThat(done("verify")).contains(" 0 differences.");
  }

  @Test
  void aBannedAddressIsExplainedPardonedAndLetIn() {
    home.startReady("serve");
    fail(12, ATTACKER, "nobody");
    assertThat(right(ATTACKER, 1)).isEqualTo(Outcome.BANNED);
    String explained = done("explain", ATTACKER);
    assertThat(explained)
        .contains("verdict   banned, whatever the password", "failures  13 since")
        .contains("failure of 'nobody', number 12, in the queue");
    JsonNode before = json("explain", ATTACKER, "--json");
    assertThat(before.get("since")).isEqualTo(before.get("attempts").get(3).get("at"));
    JsonNode report = json("report", "--json");
    assertThat(report.get("banned_ips").get(0).get("name").asText()).isEqualTo(ATTACKER);
    assertThat(report.get("banned_ips").get(0).get("since")).isEqualTo(before.get("since"));
    assertThat(json("explain", ATTACKER, "--json").get("since"))
        .as("from MySQL")
        .isEqualTo(before.get("since"));
    assertThat(done("pardon", ATTACKER, "--reason", "the office's new line"))
        .startsWith("Pardoned address " + ATTACKER + ", until now banned, with 13 failures");
    assertThat(right(ATTACKER, 1)).isEqualTo(Outcome.SUCCESS);
    assertThat(done("explain", ATTACKER))
        .contains("verdict   open", "pardon ", ": the office's new line", "success of 'user1'");
    assertThat(done("report")).isEqualTo("0 banned addresses, 0 locked users\n");
    verified();
  }

  @Test
  void operatorsBanAndLockUntilTheyPardon() {
    home.startReady("serve");
    assertThat(done("ban", ATTACKER)).contains("Banned", "until now let in, with 0 failures");
    assertThat(done("lock", "user1", "--reason", "left")).contains("Locked user 'user1'");
    assertThat(right(ATTACKER, 2)).isEqualTo(Outcome.BANNED);
    assertThat(right("192.0.2.9", 1)).isEqualTo(Outcome.LOCKED);
    assertThat(done("explain", "user1"))
        .contains("locked, whatever the password; by an operator", ": left");
    JsonNode report = json("report", "--json");
    assertThat(report.get("banned_ips").get(0).get("by_operator").booleanValue()).isTrue();
    assertThat(report.get("banned_ips").get(0).get("since").asText()).startsWith("20");
    assertThat(report.get("locked_users").get(0).get("name").asText()).isEqualTo("user1");
    try (Browser browser = new Browser(home.port(), "127.0.0.1")) {
      assertThat(browser.get("/report").text()).contains(ATTACKER, "user1");
    }
    done("rebuild");
    Until.isTrue(
        "it goes on", () -> json("status", "--json").at("/instances/0/serving").asBoolean());
    assertThat(right(ATTACKER, 2)).as("after a rebuild").isEqualTo(Outcome.BANNED);
    verified();
    done("pardon", "user1");
    done("pardon", ATTACKER);
    assertThat(right(ATTACKER, 1)).isEqualTo(Outcome.SUCCESS);
    verified();
  }

  @Test
  void allowedAddressesAreNotBanned() {
    home.startReady("serve");
    fail(12, ATTACKER, "nobody");
    assertThat(login(ATTACKER, "nobody", "x")).isEqualTo(Outcome.BANNED);
    assertThat(done("allow", "203.0.113.0/24", "--reason", "office")).contains("203.0.113.0/24");
    Until.isTrue("it is in force", () -> login(ATTACKER, "nobody", "x") == Outcome.WRONG);
    assertThat(right(ATTACKER, 1)).isEqualTo(Outcome.SUCCESS);
    fail(12, ATTACKER, "nobody");
    assertThat(done("explain", ATTACKER)).contains("allowed: the address is on the allow-list");
    assertThat(done("report")).contains("0 banned addresses");
    assertThat(json("status", "--json").at("/history/banned_addresses").asLong()).isZero();
    verified();
    assertThat(refused("ban", ATTACKER)).contains("allow-list", "--remove");
    assertThat(done("allow", "--list")).contains("203.0.113.0/24", "office");
    assertThat(refused("allow", "2001:db8::5")).contains("narrower", "2001:db8::/64");
    assertThat(done("allow", "--remove", "203.0.113.0/24")).contains("off the allow-list");
    Until.isTrue("it is in force", () -> login(ATTACKER, "nobody", "x") == Outcome.BANNED);
    assertThat(done("report")).contains("banned    " + ATTACKER);
    verified();
  }

  @Test
  void whatCannotBeDoneIsSaidInOneLine() {
    home.startReady("serve");
    assertThat(refused("pardon", "nobody")).contains("no user 'nobody', and it is no address");
    assertThat(refused("lock", "192.0.2.1")).contains("there is no user '192.0.2.1'");
    assertThat(refused("ban", "user1")).contains("users are locked, not banned");
    assertThat(refused("ban", "2001:db8::/48")).contains("counted as 2001:db8::/64");
    assertThat(refused("explain", "--user", "192.0.2.1")).contains("there is no user");
    assertThat(refused("allow", "somewhere")).contains("not an IPv4 or IPv6 address");
    assertThat(refused("allow", "--remove", "192.0.2.1")).contains("not on the allow-list");
    assertThat(refused("pardon", "user1", "--reason", "x".repeat(256))).contains("255 characters");
    assertThat(refused("prune", "--before", "yesterday")).contains("is no date");
    assertThat(refused("prune", "--before", "2999-01-01")).contains("attempts of the last hour");
    assertThat(done("ban", "2001:DB8:1:2::9")).contains("address 2001:db8:1:2::/64");
    assertThat(done("pardon", "2001:db8:1:2::/64")).contains("until now banned");
    assertThat(done("flush")).contains("number 2");
  }

  @Test
  void whatIsPrunedChangesNothingElse() {
    home.startReady("serve");
    fail(12, ATTACKER, "nobody");
    fail(3, "192.0.2.1", "user2");
    done("lock", "user3");
    right("192.0.2.2", 1);
    done("flush");
    try (SqlProbe sql = stores.sql()) {
      sql.query("UPDATE login_log SET created_at = created_at - INTERVAL 2 HOUR WHERE id <= 15");
      done("rebuild");
      String report = done("report");
      assertThat(json("prune", "--before", oneHourAndABitAgo(), "--json").get("removed").intValue())
          .isEqualTo(15);
      assertThat(sql.query("SELECT MIN(id) FROM login_log")).containsExactly("17");
      assertThat(done("report")).isEqualTo(report);
      verified();
      done("rebuild");
      assertThat(done("report")).as("after a rebuild").isEqualTo(report);
      verified();
    }
    assertThat(right(ATTACKER, 1)).isEqualTo(Outcome.BANNED);
    assertThat(done("prune", "--before", "2020-01-01")).startsWith("0 attempts removed");
  }

  private static String oneHourAndABitAgo() {
    return java.time.Instant.now().minusSeconds(3700).toString();
  }
}
