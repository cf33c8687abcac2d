package sekisho.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.testing.Attempts.right;
import static sekisho.testing.Attempts.times;
import static sekisho.testing.Attempts.unknown;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sekisho.testing.StoreTestBase;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;
import sekisho.testing.Waiting;

class ReportServiceIT extends StoreTestBase {

  /** Holds up whoever flushes, as another instance that flushes would. */
  private static void holdWatermark() {
    stores.sql("BEGIN");
    stores.sql("SELECT watermark FROM service_state WHERE id = 1 FOR UPDATE");
  }

  private static void awaitFlushHeldUp() {
    TestStores.await(
        "a flush waits for the watermark",
        () ->
            stores.sql("SHOW PROCESSLIST").stream()
                .anyMatch(line -> line.contains("FOR UPDATE") && line.contains("Execute")));
  }

  @Test
  void aReportAskedForWhileOneIsMadeShowsWhatWasAnsweredBefore() {
    holdWatermark();
    Future<Buffer> first = instance.reports().report();
    awaitFlushHeldUp();
    instance.outcomes(times(10, unknown("nobody", "192.0.2.1")));
    Future<Buffer> second = instance.reports().report();
    Future<Buffer> third = instance.reports().report();
    assertThat(second).isNotSameAs(first).isSameAs(third);
    stores.sql("COMMIT");
    Waiting.on(first);
    assertThat(Waiting.on(second).toString()).contains("192.0.2.1");
    assertThat(instance.reports().report()).isNotSameAs(second);
  }

  @Test
  void aLongQueueIsFlushedWithoutAReport() {
    try (TestInstance eager = stores.instance(Map.of("SEKISHO_FLUSH_THRESHOLD", "5")).open()) {
      eager.outcomes(times(4, right(1, "192.0.2.1")));
      assertThat(stores.loggedIds()).isEmpty();
      eager.outcomes(times(2, right(1, "192.0.2.1")));
      TestStores.await("the queue is flushed", () -> stores.loggedIds().size() == 6);
      TestStores.await(
          "the queue is trimmed",
          () -> stores.redis("LLEN", TestStores.KEYS.queue()).toLong() == 0);
      eager.outcomes(times(5, right(1, "192.0.2.1")));
      TestStores.await("the queue is flushed again", () -> stores.loggedIds().size() == 11);
    }
  }

  @Test
  void aFlushThatFailsIsTriedAgain() {
    try (TestInstance eager = stores.instance(Map.of("SEKISHO_FLUSH_THRESHOLD", "2")).open()) {
      stores.sql("RENAME TABLE last_logins TO hidden");
      try {
        eager.outcomes(times(3, right(1, "192.0.2.1")));
        assertThatThrownBy(eager::report).hasMessageContaining("StoreUnavailableException");
      } finally {
        stores.sql("RENAME TABLE hidden TO last_logins");
      }
      TestStores.await(
          "the queue is flushed again, as attempts go on after a pause",
          () -> {
            eager.outcome(right(1, "192.0.2.1"));
            return stores.loggedIds().size() > 3;
          });
      assertThat(stores.loggedIds()).startsWith(1L, 2L, 3L).doesNotHaveDuplicates();
    }
  }

  /**
   * An error that Redis answers is not an exception in Java's sense, and yet must end the report.
   */
  @Test
  void aReportEndsWhenRedisRefuses() {
    instance.outcome(right(1, "192.0.2.1"));
    stores.redis("ACL", "SETUSER", "default", "-ltrim");
    try {
      assertThatThrownBy(instance::report).hasMessageContaining("StoreUnavailableException");
      assertThatThrownBy(instance::report).hasMessageContaining("StoreUnavailableException");
    } finally {
      stores.redis("ACL", "SETUSER", "default", "+ltrim");
    }
    assertThat(instance.report()).isEqualTo("{\"banned_ips\":[],\"locked_users\":[]}");
    assertThat(stores.loggedIds()).containsExactly(1L);
  }

  @Test
  void aReportAfterTheEndFails() {
    instance.reports().close();
    assertThatThrownBy(instance::report).hasMessageContaining("the service is ending");
  }
}
