package sekisho.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceHome.Finished;
import sekisho.testing.ServiceProcess;
import sekisho.testing.SmallStores;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestServers;
import sekisho.testing.Until;

/**
 * More users than the heap holds are refused with the heap that they need, at a start and at a
 * reload.
 */
class ManyUsersIT {

  private static final int USERS = 400_000;
  private static final String NEED =
      "400,002 users need about (\\d+) MB of heap, (\\d+) MB with a reload; the JVM has (\\d+) MB: start with -Xmx(\\d+)m";

  private final SmallStores stores = SmallStores.withUsers(TestServers.shared(), 2);

  /** The memory of answered attempts would be too large for the small heap too. */
  private final ServiceHome home =
      new ServiceHome().with(stores).with("SEKISHO_REDIS_RECENT_MB", "1");

  @AfterEach
  void closeHome() {
    home.close();
  }

  private HttpReply reload() {
    return HttpProbe.once(
        home.managementPort(),
        "POST /reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  }

  private static boolean isSuccess(ServiceProcess service) {
    try {
      return service.client().login("user1", "password1", "192.0.2.1").isSuccess();
    } catch (IOException e) {
      return false;
    }
  }

  /** In steps that take a fraction of the probe's time-out. */
  private void addUsers() {
    try (SqlProbe sql = stores.sql()) {
      for (int from = 1; from <= USERS; from += USERS / 10) {
        sql.query(
            "INSERT INTO users SELECT seq + 2, CONCAT('many', seq), REPEAT('0', 64), 'salt' FROM seq_"
                + from
                + "_to_"
                + (from + USERS / 10 - 1));
      }
    }
  }

  private Matcher refused(String heap) {
    Finished refused = home.withHeap(heap).run("serve");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err().lines())
        .as(refused.err())
        .singleElement()
        .asString()
        .containsPattern(NEED);
    Matcher need = Pattern.compile(NEED).matcher(refused.err());
    assertThat(need.find()).isTrue();
    return need;
  }

  @Test
  void areToldAtAStartAndAtAReload() {
    addUsers();
    Matcher need = refused("48m");
    assertThat(need.group(3)).isEqualTo("48");
    assertThat(need.group(4)).as("what it should be started with").isEqualTo(need.group(2));

    ServiceProcess service = home.withHeap(need.group(1) + "m").startReady("serve");
    assertThat(service.out())
        .contains("a reload of the users will be refused; 400,002 users need ");
    HttpReply reply = reload();
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.json().get("error").textValue()).containsPattern(NEED);
    assertThat(isSuccess(service)).as("the users before stay in force").isTrue();

    // Users of another history must be loaded before attempts are accepted under it, whether there
    // is room for both or not.
    assertThat(home.run("rebuild").status()).isZero();
    ServiceProcess same = service;
    Until.isTrue("attempts are accepted under the new epoch", () -> isSuccess(same));
    assertThat(service.out().split(" users loaded in ", -1)).as("loads").hasSize(3);
    service.kill();

    service = home.withHeap(need.group(2) + "m").startReady("serve");
    assertThat(service.out()).doesNotContain("will be refused");
    for (int i = 0; i < 3; i++) {
      assertThat(reload().status()).isEqualTo(200);
    }
    assertThat(isSuccess(service)).isTrue();
  }
}
