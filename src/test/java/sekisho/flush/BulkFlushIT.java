package sekisho.flush;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static sekisho.testing.Attempts.right;
import static sekisho.testing.Attempts.times;
import static sekisho.testing.Attempts.unknown;
import static sekisho.testing.Attempts.wrong;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.login.Attempt;
import sekisho.login.Thresholds;
import sekisho.metrics.Event;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.DatabaseException;
import sekisho.redis.LoginQueue;
import sekisho.testing.Attempts;
import sekisho.testing.StoreTestBase;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;
import sekisho.testing.Until;

/**
 * The flush by LOAD DATA, the way around it, several portions in one transaction, and state tables
 * that lag behind.
 */
class BulkFlushIT extends StoreTestBase {

  @TempDir Path directory;

  /** What was read ahead when a flush failed is deleted by the thread that read it. */
  @AfterEach
  void noFileIsLeft() {
    Until.isTrue("no file is left", () -> files() == 0);
  }

  private long files() {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".tsv")).count();
    } catch (IOException | UncheckedIOException e) {
      // One went while they were listed.
      return 1;
    }
  }

  private QueueFlush flush(int chunk) {
    return flush(directory, chunk);
  }

  private QueueFlush flush(Path files, int chunk) {
    return new QueueFlush(
        instance.stores().database(),
        instance.stores().queue(),
        instance.stores().admitted(),
        files,
        chunk,
        Thresholds.DEFAULT,
        new ServiceMetrics());
  }

  private static long loads() {
    return Long.parseLong(stores.sql("SHOW GLOBAL STATUS LIKE 'Com_load'").get(0).split(" ")[1]);
  }

  private static List<Attempt> awkward() {
    List<Attempt> attempts = new ArrayList<>();
    for (String name : Attempts.AWKWARD_NAMES) {
      attempts.add(unknown(name, "2001:db8::" + attempts.size()));
    }
    return attempts;
  }

  private static List<String> log() {
    return stores.sql(
        "SELECT id, created_at, user_id, HEX(login), ip, succeeded FROM login_log ORDER BY id");
  }

  @Test
  void bothWaysWriteTheSame() throws IOException {
    instance.outcomes(awkward());
    instance.outcomes(List.of(right(1, HOME), wrong(-7, HOME)));
    long before = loads();
    flush(1000).flush();
    assertThat(loads()).isEqualTo(before + 1);
    List<String> loaded = log();
    assertThat(loaded).hasSize(Attempts.AWKWARD_NAMES.size() + 2);
    assertSound();
    // The same queue once more, where no file can be written.
    List<String> rows = new ArrayList<>();
    stores
        .sql(
            "SELECT id, TIMESTAMPDIFF(MICROSECOND, '1970-01-01', created_at) DIV 1000, succeeded,"
                + " COALESCE(user_id, ''), ip FROM login_log ORDER BY id")
        .forEach(row -> rows.add(row.replace(' ', '\t')));
    List<String> names = new ArrayList<>(Attempts.AWKWARD_NAMES);
    names.addAll(List.of("user1", "user-7"));
    stores.sql("DELETE FROM login_log");
    stores.sql("DELETE FROM address_failures");
    stores.sql("DELETE FROM user_failures");
    stores.sql("DELETE FROM last_logins");
    stores.sql("UPDATE service_state SET watermark = 0, counted = NULL");
    stores.redis("HDEL", TestStores.KEYS.state(), "flushed");
    for (int i = 0; i < rows.size(); i++) {
      stores.redis("RPUSH", TestStores.KEYS.queue(), rows.get(i) + "\t" + names.get(i));
    }
    before = loads();
    flush(Files.createFile(directory.resolve("no directory")), 1000).flush();
    assertThat(loads()).isEqualTo(before);
    assertThat(log()).isEqualTo(loaded);
    assertSound();
  }

  /** How a server may come to refuse an attempt after the start, and what makes an end of it. */
  private static Stream<Arguments> refusals() {
    return Stream.of(
            arguments("ALTER TABLE login_log MODIFY login VARCHAR(8) NOT NULL", "too long"),
            arguments(
                "ALTER TABLE login_log MODIFY login VARCHAR(255) CHARACTER SET latin1 NOT NULL",
                "Incorrect string value"),
            arguments(
                "ALTER TABLE login_log ADD CONSTRAINT no_poison CHECK (login NOT LIKE '%poison%')",
                "CONSTRAINT"),
            arguments(
                "CREATE TRIGGER no_poison BEFORE INSERT ON login_log FOR EACH ROW IF NEW.login LIKE '%poison%' THEN"
                    + " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not here'; END IF",
                "not here"),
            arguments(
                "INSERT INTO login_log VALUES (6, '2014-02-22', NULL, 'by hand', '192.0.2.9', 0)",
                "Duplicate entry '6'"))
        .flatMap(
            refusal ->
                Stream.of(2, 1000)
                    .flatMap(
                        chunk ->
                            Stream.of(true, false)
                                .map(
                                    file ->
                                        arguments(
                                            refusal.get()[0], refusal.get()[1], chunk, file))));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void anAttemptThatMySqlRefusesIsALossAndBlocksNoOther(
      String statement, String reason, int chunk, boolean byFile) throws IOException {
    instance.outcomes(times(5, wrong(1, HOME)));
    instance.outcome(unknown("a poison 関 that is longer", "192.0.2.6"));
    instance.outcomes(times(3, wrong(1, HOME)));
    ServiceMetrics metrics = new ServiceMetrics();
    Path files = byFile ? directory : Files.createFile(directory.resolve("no directory"));
    QueueFlush flush =
        new QueueFlush(
            instance.stores().database(),
            instance.stores().queue(),
            instance.stores().admitted(),
            files,
            chunk,
            Thresholds.DEFAULT,
            metrics);
    stores.sql(statement);
    try {
      flush.flush();
      assertThat(stores.sql("SELECT id FROM login_log WHERE login <> 'by hand' ORDER BY id"))
          .map(Long::valueOf)
          .containsExactly(1L, 2L, 3L, 4L, 5L, 7L, 8L, 9L);
      assertThat(stores.redis("LLEN", TestStores.KEYS.queue()).toLong()).isZero();
      assertThat(stores.sql("SELECT attempt, reason FROM quarantine"))
          .singleElement()
          .asString()
          .startsWith("6 ")
          .contains(reason);
      assertThat(stores.sql("SELECT CONVERT(queue_row USING utf8mb4) FROM quarantine"))
          .singleElement()
          .asString()
          .endsWith("\t\t192.0.2.6\ta poison 関 that is longer");
      assertThat(metrics.total(Event.LOST)).isEqualTo(1);
      assertThat(metrics.total(Event.QUARANTINED)).isEqualTo(1);
      assertThat(stores.sql("SELECT failures FROM user_failures")).containsExactly("8");
      assertThat(instance.verify().differences())
          .anyMatch(difference -> difference.startsWith("quarantine: attempt 6 "));
      // Its instance remembers it, and does not give it back again and again.
      instance.recovery().admit("", 0, "");
      assertThat(stores.sql("SELECT COUNT(*), MAX(attempt) FROM quarantine"))
          .containsExactly("1 6");
    } finally {
      stores.sql("DROP TABLE login_log");
      instance.createSchema();
    }
  }

  /** However many there are, none is lost without a word. */
  @Test
  void attemptsThatAreAllRefusedAreAllInQuarantine() {
    instance.outcomes(times(20, wrong(1, HOME)));
    stores.sql("ALTER TABLE login_log ADD CONSTRAINT nothing CHECK (id < 0)");
    try {
      flush(7).flush();
      assertThat(stores.loggedIds()).isEmpty();
      assertThat(stores.sql("SELECT attempt FROM quarantine ORDER BY attempt"))
          .map(Long::valueOf)
          .containsExactly(upTo(20));
      assertThat(stores.redis("LLEN", TestStores.KEYS.queue()).toLong()).isZero();
      // The log's end is in quarantine, and not moved by hand: the history goes on.
      String epoch = stores.sql("SELECT generation FROM service_state").get(0);
      instance.stores().rebuild().fromLog();
      assertThat(stores.sql("SELECT generation FROM service_state").get(0))
          .startsWith(epoch.replaceFirst("/.*", ""));
      assertThat(stores.number("SELECT watermark FROM service_state")).isEqualTo(20);
    } finally {
      stores.sql("ALTER TABLE login_log DROP CONSTRAINT nothing");
    }
  }

  /** A reason that is none of a row: nothing is given up, and all is tried again. */
  @Test
  void whatIsNoMatterOfARowIsTriedAgain() {
    instance.outcomes(times(5, wrong(1, HOME)));
    stores.sql(
        "CREATE TRIGGER broken BEFORE INSERT ON login_log FOR EACH ROW INSERT INTO nowhere VALUES (1)");
    try {
      assertThatThrownBy(flush(2)::flush)
          .isInstanceOf(DatabaseException.class)
          .hasMessageContaining("nowhere");
    } finally {
      stores.sql("DROP TRIGGER broken");
    }
    assertThat(stores.sql("SELECT * FROM quarantine")).isEmpty();
    flush(2).flush();
    assertThat(stores.loggedIds()).containsExactly(upTo(5));
    assertSound();
  }

  /** A report without the row would be wrong; the log does not wait. */
  @Test
  void aRowOfTheStateTablesThatMySqlRefusesIsNamed() {
    instance.outcomes(times(4, wrong(1, HOME)));
    instance.outcomes(times(4, wrong(2, "192.0.2.66")));
    stores.sql("ALTER TABLE address_failures ADD CONSTRAINT no_poison CHECK (ip <> '192.0.2.66')");
    QueueFlush flush = flush(3);
    try {
      assertThatThrownBy(flush::flush)
          .isInstanceOf(DatabaseException.class)
          .hasMessageContaining("the row of 192.0.2.66");
      assertThat(stores.loggedIds()).containsExactly(upTo(8));
    } finally {
      stores.sql("ALTER TABLE address_failures DROP CONSTRAINT no_poison");
    }
    flush.flush();
    assertThat(stores.sql("SELECT ip, failures FROM address_failures ORDER BY ip"))
        .containsExactly(HOME + " 4", "192.0.2.66 4");
    assertSound();
  }

  @Test
  void portionsThatWereShiftedAreReadAgainFromTheHead() {
    instance.outcomes(times(6, wrong(1, HOME)));
    try (QueueReader reader =
        new QueueReader(
            instance.stores().queue(),
            attempts -> List.of(),
            2,
            Thresholds.DEFAULT,
            state -> state.sequence())) {
      QueueReader.Portion head = reader.head(0);
      assertThat(reader.readAhead(head)).isTrue();
      QueueReader.Portion second = reader.next().orElseThrow();
      assertThat(second.chunk().attempts())
          .extracting(attempt -> attempt.sequence())
          .containsExactly(3L, 4L);
      stores.redis("LPOP", TestStores.KEYS.queue());
      assertThat(reader.readAhead(second)).isTrue();
      assertThat(reader.next()).isEmpty();
    }
    LoginQueue queue = instance.stores().queue();
    queue.trim(queue.state(), 4, 4, "4\tmoved".getBytes(), List.of());
    assertThat(stores.redis("LRANGE", TestStores.KEYS.queue(), "0", "-1")).hasSize(2);
  }

  @Test
  void stateTablesMayLagBehindTheLog() {
    QueueFlush flush = flush(3);
    instance.outcomes(
        List.of(
            wrong(1, HOME), right(1, HOME), wrong(1, HOME), wrong(1, "192.0.2.2"), right(2, HOME)));
    flush.flushLog(FlushThrottle.FULL);
    assertThat(stores.loggedIds()).containsExactly(upTo(5));
    assertThat(stores.sql("SELECT watermark, counted FROM service_state")).containsExactly("5 0");
    assertThat(stores.sql("SELECT user_id, failures FROM user_failures")).isEmpty();
    assertSound();
    flush.count();
    assertThat(stores.sql("SELECT watermark, counted FROM service_state")).containsExactly("5 5");
    assertThat(stores.sql("SELECT user_id, failures FROM user_failures")).containsExactly("1 2");
    assertSound();
  }

  @Test
  void aFlushThatNobodyWaitsForTakesSmallStepsWithRests() {
    instance.outcomes(times(10, wrong(1, HOME)));
    List<Long> waited = new ArrayList<>();
    List<Long> rests = new ArrayList<>();
    flush(3)
        .flushLog(
            new FlushThrottle() {
              @Override
              public boolean isGentle(long waiting) {
                waited.add(waiting);
                return true;
              }

              @Override
              public void rest(long nanos) {
                rests.add(nanos);
              }
            });
    assertThat(waited).containsExactly(10L, 7L, 4L, 1L);
    assertThat(rests).hasSize(3).allMatch(nanos -> nanos > 0);
    assertThat(stores.loggedIds()).containsExactly(upTo(10));
    assertSound();
  }

  @Test
  void aFlushThatFallsBehindGoesOnAtFullSpeed() {
    instance.outcomes(times(10, wrong(1, HOME)));
    List<Long> waited = new ArrayList<>();
    flush(3)
        .flushLog(
            new FlushThrottle() {
              @Override
              public boolean isGentle(long waiting) {
                waited.add(waiting);
                return waited.size() < 2;
              }

              @Override
              public void rest(long nanos) {
                assertThat(waited).hasSize(1);
              }
            });
    assertThat(waited).containsExactly(10L, 7L);
    assertThat(stores.loggedIds()).containsExactly(upTo(10));
  }

  @Test
  void whatOthersLoggedIsCountedToo() {
    QueueFlush mine = flush(3);
    QueueFlush others = flush(3);
    for (QueueFlush flush : List.of(mine, others, mine)) {
      instance.outcomes(List.of(wrong(1, HOME), wrong(2, HOME)));
      flush.flushLog(FlushThrottle.FULL);
    }
    others.flush();
    assertThat(stores.sql("SELECT ip, failures FROM address_failures"))
        .containsExactly(HOME + " 6");
    mine.flush();
    instance.outcome(wrong(1, HOME));
    mine.flush();
    assertThat(stores.sql("SELECT ip, failures FROM address_failures"))
        .containsExactly(HOME + " 7");
    assertSound();
  }

  @Test
  void aRepairCountsFirst() {
    instance.outcomes(times(4, wrong(1, HOME)));
    flush(3).flushLog(FlushThrottle.FULL);
    stores.redis("FLUSHALL");
    instance.recovery().admit("", 0, "");
    assertThat(stores.hash(TestStores.KEYS.users())).containsEntry("1", "4");
    assertSound();
  }

  @Test
  void changesOfAnotherHistoryAreForgotten() {
    QueueFlush flush = flush(3);
    instance.outcomes(times(2, wrong(1, HOME)));
    flush.flushLog(FlushThrottle.FULL);
    stores.sql("UPDATE login_log SET user_id = 2");
    stores.sql("UPDATE service_state SET generation = 'another'");
    flush.count();
    assertThat(stores.sql("SELECT user_id, failures FROM user_failures")).containsExactly("2 2");
  }

  /** The count from the log writes what it has whenever so many rows change. */
  @Test
  void aCountOfManyKeysIsWrittenInParts() {
    instance.outcomes(awkward());
    instance.outcomes(
        List.of(
            right(1, HOME),
            wrong(2, HOME),
            right(3, HOME),
            wrong(1, HOME),
            right(1, HOME),
            wrong(1, HOME)));
    flush(1000).flushLog(FlushThrottle.FULL);
    new StateCount(instance.stores().database(), Thresholds.DEFAULT, 2).bringUpToDate();
    assertSound();
    assertThat(stores.number("SELECT counted - watermark FROM service_state")).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1000, 0", "5000, 1"})
  void sinceWhenIsKnownForThresholdsThatAreNotHuge(int threshold, String unknown) {
    try (TestInstance other =
        stores.instance(Map.of("SEKISHO_IP_BAN_THRESHOLD", Integer.toString(threshold))).open()) {
      other.outcomes(times(threshold - 1, unknown("nobody", HOME)));
      other.stores().flush().flush();
      other.outcomes(times(10, unknown("nobody", HOME)));
      other.stores().flush().flush();
      assertThat(stores.sql("SELECT failures, since IS NULL FROM address_failures"))
          .containsExactly(threshold + 9 + " " + unknown);
      assertThat(other.verify().differences()).isEmpty();
    }
  }
}
