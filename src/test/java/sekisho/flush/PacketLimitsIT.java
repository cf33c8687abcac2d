package sekisho.flush;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.testing.Attempts.unknown;
import static sekisho.testing.Attempts.wrong;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sekisho.dev.server.Endpoints;
import sekisho.login.Attempt;
import sekisho.login.Thresholds;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.DatabaseException;
import sekisho.testing.OwnMariaDb;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestInstance;
import sekisho.testing.TestServers;
import sekisho.testing.TestStores;

/** Statements are as long as the server takes them ({@code max_allowed_packet}). */
class PacketLimitsIT {

  private static final String LONGEST_NAME = "😀".repeat(255);
  private static OwnMariaDb server;
  private static TestStores stores;

  @TempDir Path directory;

  @BeforeAll
  static void start() {
    server = OwnMariaDb.start();
    stores = TestStores.emptied(new Endpoints(TestServers.shared().redisUrl(), server.url()));
  }

  @AfterAll
  static void stop() {
    stores.close();
    server.close();
  }

  private static void limit(long bytes) {
    try (SqlProbe administrator = server.administrator()) {
      administrator.query("SET GLOBAL max_allowed_packet = " + bytes);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1048576, 6000, true",
    "1048576, 6000, false",
    "65536, 1000, true",
    "16384, 600, false",
    "4096, 100, false"
  })
  void theLongestNamesAreLoggedWhateverTheLimitIs(long packet, int attempts, boolean byFile)
      throws IOException {
    stores.clear();
    limit(packet);
    try (TestInstance instance =
        stores.instance(Map.of("SEKISHO_REDIS_MAX_WAITING", "10000")).open()) {
      List<Attempt> all = new ArrayList<>();
      for (int i = 0; i < attempts; i++) {
        all.add(
            i % 2 == 0
                ? unknown(
                    LONGEST_NAME,
                    "2001:db8:1111:2222:3333:4444:5555:" + Integer.toHexString(i + 4096))
                : wrong(i, "2001:db8:1111:2222:3333:4444:6666:" + Integer.toHexString(i + 4096)));
      }
      instance.outcomes(all);
      Path files = byFile ? directory : Files.createFile(directory.resolve("no directory"));
      QueueFlush flush =
          new QueueFlush(
              instance.stores().database(),
              instance.stores().queue(),
              instance.stores().admitted(),
              files,
              20_000,
              Thresholds.DEFAULT,
              new ServiceMetrics());
      flush.flush();
      assertThat(stores.number("SELECT COUNT(*) FROM login_log")).isEqualTo(attempts);
      assertThat(stores.sql("SELECT DISTINCT HEX(login) FROM login_log WHERE user_id IS NULL"))
          .containsExactly("F09F9880".repeat(255));
      assertThat(stores.number("SELECT COUNT(*) FROM address_failures")).isEqualTo(attempts);
      // What a repair asks MySQL and gives back is cut into portions too.
      stores.redis("FLUSHALL");
      instance.recovery().admit("", 0, "");
      assertThat(stores.sql("SELECT * FROM quarantine")).isEmpty();
      assertThat(instance.verify().differences()).isEmpty();
    } finally {
      limit(16 << 20);
    }
  }

  @Test
  void aQueueRowThatIsLongerThanTheLimitIsPutAsideAsFarAsItFits() {
    stores.clear();
    limit(65_536);
    try (TestInstance instance = stores.instance().open()) {
      stores.redis("RPUSH", TestStores.KEYS.queue(), "x".repeat(300_000));
      instance.outcome(wrong(1, "192.0.2.1"));
      instance.flush(10).flush();
      assertThat(stores.sql("SELECT LENGTH(queue_row), reason FROM quarantine"))
          .singleElement()
          .asString()
          .startsWith(
              "32768 has 1 fields instead of 6; of its 300000 bytes, the first 32768 are kept");
      assertThat(stores.loggedIds()).containsExactly(1L);
    } finally {
      limit(16 << 20);
    }
  }

  @Test
  void aLimitBelowAnyUseIsSaid() {
    stores.clear();
    limit(1024);
    try (TestInstance instance = stores.instance()) {
      assertThatThrownBy(() -> instance.stores().database().query("DO 1"))
          .isInstanceOf(DatabaseException.class)
          .hasMessageContaining("max_allowed_packet of MySQL is 1024 bytes");
    } finally {
      limit(16 << 20);
    }
  }
}
