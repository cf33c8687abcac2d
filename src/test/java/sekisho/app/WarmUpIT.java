package sekisho.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.Until;

/** A start that warms up decides attempts in Redis, and leaves no trace. */
class WarmUpIT {

  @RegisterExtension
  static final ServiceUnderTest SERVICE = ServiceUnderTest.with("SEKISHO_FLUSH_MAX_AGE_S", "1");

  @Test
  void decidesInRedisAndLeavesNothing() {
    long before = scripts();
    List<String> keys = keys();
    String sequence = sequence();
    Service warm = SERVICE.another("SEKISHO_WARM_UP_MS", "1500");
    // A start alone takes a handful.
    assertThat(scripts() - before).isGreaterThan(50);
    assertThat(keys()).isEqualTo(keys);
    assertThat(sequence()).isEqualTo(sequence);
    assertThat(
            HttpProbe.once(
                    warm.managementPort(), "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .text())
        .contains("sekisho_attempts_total{outcome=\"success\"} 0.0")
        .contains("sekisho_connections 0.0");
  }

  @Test
  void fewAttemptsAreMovedWhenTheyAreOld() {
    try (Browser browser = new Browser(SERVICE.port(), "192.0.2.9")) {
      browser.login("nobody", "x");
    }
    Until.isTrue(
        "the attempt is in the log",
        () -> SERVICE.sql().query("SELECT id FROM login_log WHERE login = 'nobody'").size() == 1);
  }

  private String sequence() {
    return SERVICE
        .redis()
        .send("HGET", SERVICE.settings().redis().keyPrefix() + "state", "sequence")
        .toString();
  }

  private List<String> keys() {
    List<String> keys = new ArrayList<>();
    SERVICE
        .redis()
        .send("KEYS", SERVICE.settings().redis().keyPrefix() + "*")
        .forEach(key -> keys.add(key.toString()));
    keys.removeIf(key -> key.endsWith(":instances")); // written by a heartbeat of its own
    keys.sort(null);
    return keys;
  }

  private long scripts() {
    return Arrays.stream(SERVICE.redis().send("INFO", "commandstats").toString().split("\r\n"))
        .filter(line -> line.startsWith("cmdstat_evalsha:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^=]*=(\\d+),.*", "$1")))
        .findFirst()
        .orElse(0);
  }
}
