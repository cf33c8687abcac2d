package sekisho.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.login.Attempt;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.DatabaseException;
import sekisho.testing.Attempts;
import sekisho.testing.StoreTestBase;
import sekisho.testing.TestStores;
import sekisho.testing.Until;

/** The flush by LOAD DATA, the way around it, several portions in one transaction, and state tables that lag behind. */
class BulkFlushIT extends StoreTestBase {

  @TempDir
  Path directory;

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
    return new QueueFlush(instance.stores().database(), instance.stores().queue(), files, chunk, new ServiceMetrics());
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
    return stores.sql("SELECT id, created_at, user_id, HEX(login), ip, succeeded FROM login_log ORDER BY id");
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
    stores.sql("SELECT id, TIMESTAMPDIFF(MICROSECOND, '1970-01-01', created_at) DIV 1000, succeeded,"
        + " COALESCE(user_id, ''), ip FROM login_log ORDER BY id").forEach(row -> rows.add(row.replace(' ', '\t')));
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

  @ParameterizedTest
  @ValueSource(ints = {2, 1000})
  void aNameThatWouldBeCutShortRollsAllPortionsBack(int chunk) {
    instance.outcomes(times(5, unknown("short", HOME)));
    instance.outcomes(List.of(unknown("longer than that", HOME), wrong(1, HOME)));
    stores.sql("ALTER TABLE login_log MODIFY login VARCHAR(8) NOT NULL");
    QueueFlush flush = flush(chunk);
    try {
      assertThatThrownBy(flush::flush).isInstanceOf(DatabaseException.class).hasMessageContaining("too long");
      assertThat(stores.loggedIds()).isEmpty();
      assertThat(stores.number("SELECT watermark FROM service_state")).isZero();
      assertThat(stores.redis("LLEN", TestStores.KEYS.queue()).toLong()).isEqualTo(7);
    } finally {
      stores.sql("DROP TABLE login_log");
      instance.createSchema();
    }
    long before = loads();
    flush.flush();
    assertThat(loads()).as("the way that failed once is taken again").isGreaterThan(before);
    assertThat(stores.loggedIds()).containsExactly(upTo(7));
    assertSound();
  }

  @Test
  void aNumberThatIsTakenRollsAllPortionsBack() {
    instance.outcomes(times(6, wrong(1, HOME)));
    stores.sql("INSERT INTO login_log VALUES (5, '2014-02-22', NULL, 'by hand', '192.0.2.9', 0)");
    assertThatThrownBy(flush(2)::flush).isInstanceOf(DatabaseException.class).hasMessageContaining("Duplicate entry '5'");
    assertThat(stores.loggedIds()).containsExactly(5L);
    assertThat(stores.number("SELECT watermark FROM service_state")).isZero();
    stores.sql("DELETE FROM login_log");
    flush(2).flush();
    assertThat(stores.loggedIds()).containsExactly(upTo(6));
    assertSound();
  }

  @Test
  void portionsThatWereShiftedAreReadAgainFromTheHead() {
    instance.outcomes(times(6, wrong(1, HOME)));
    try (QueueReader reader = new QueueReader(instance.stores().queue(), attempts -> List.of(), 2, state -> state.sequence())) {
      QueueReader.Portion head = reader.head(0);
      assertThat(reader.readAhead(head)).isTrue();
      QueueReader.Portion second = reader.next().orElseThrow();
      assertThat(second.chunk().attempts()).extracting(attempt -> attempt.sequence()).containsExactly(3L, 4L);
      stores.redis("LPOP", TestStores.KEYS.queue());
      assertThat(reader.readAhead(second)).isTrue();
      assertThat(reader.next()).isEmpty();
    }
    instance.stores().queue().trim(4, 4, "4\tmoved".getBytes(), List.of());
    assertThat(stores.redis("LRANGE", TestStores.KEYS.queue(), "0", "-1")).hasSize(2);
  }

  @Test
  void stateTablesMayLagBehindTheLog() {
    QueueFlush flush = flush(3);
    instance.outcomes(List.of(wrong(1, HOME), right(1, HOME), wrong(1, HOME), wrong(1, "192.0.2.2"), right(2, HOME)));
    flush.flushLog(Pace.FULL);
    assertThat(stores.loggedIds()).containsExactly(upTo(5));
    assertThat(stores.sql("SELECT watermark, counted FROM service_state")).containsExactly("5 0");
    assertThat(stores.sql("SELECT * FROM user_failures")).isEmpty();
    assertSound();
    flush.count();
    assertThat(stores.sql("SELECT watermark, counted FROM service_state")).containsExactly("5 5");
    assertThat(stores.sql("SELECT * FROM user_failures")).containsExactly("1 2");
    assertSound();
  }

  @Test
  void aFlushThatNobodyWaitsForTakesSmallStepsWithRests() {
    instance.outcomes(times(10, wrong(1, HOME)));
    List<Long> waited = new ArrayList<>();
    List<Long> rests = new ArrayList<>();
    flush(3).flushLog(new Pace() {
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
    flush(3).flushLog(new Pace() {
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
      flush.flushLog(Pace.FULL);
    }
    others.flush();
    assertThat(stores.sql("SELECT * FROM address_failures")).containsExactly(HOME + " 6");
    mine.flush();
    instance.outcome(wrong(1, HOME));
    mine.flush();
    assertThat(stores.sql("SELECT * FROM address_failures")).containsExactly(HOME + " 7");
    assertSound();
  }

  @Test
  void aRepairCountsFirst() {
    instance.outcomes(times(4, wrong(1, HOME)));
    flush(3).flushLog(Pace.FULL);
    stores.redis("FLUSHALL");
    instance.admission().admit("", 0);
    assertThat(stores.hash(TestStores.KEYS.users())).containsEntry("1", "4");
    assertSound();
  }

  @Test
  void changesOfAnotherHistoryAreForgotten() {
    QueueFlush flush = flush(3);
    instance.outcomes(times(2, wrong(1, HOME)));
    flush.flushLog(Pace.FULL);
    stores.sql("UPDATE login_log SET user_id = 2");
    stores.sql("UPDATE service_state SET generation = 'another'");
    flush.count();
    assertThat(stores.sql("SELECT * FROM user_failures")).containsExactly("2 2");
  }

  /** The count from the log writes what it has whenever so many rows change. */
  @Test
  void aCountOfManyKeysIsWrittenInParts() {
    instance.outcomes(awkward());
    instance.outcomes(List.of(right(1, HOME), wrong(2, HOME), right(3, HOME), wrong(1, HOME), right(1, HOME), wrong(1, HOME)));
    flush(1000).flushLog(Pace.FULL);
    new StateCount(instance.stores().database(), 2).bringUpToDate();
    assertSound();
    assertThat(stores.number("SELECT counted - watermark FROM service_state")).isZero();
  }
}
