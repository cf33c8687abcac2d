package sekisho.flush;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.testing.Attempts.right;
import static sekisho.testing.Attempts.times;
import static sekisho.testing.Attempts.unknown;
import static sekisho.testing.Attempts.wrong;

import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.login.Attempt;
import sekisho.login.Outcome;
import sekisho.login.StoreUnavailableException;
import sekisho.metrics.Event;
import sekisho.mysql.DatabaseException;
import sekisho.redis.LoginQueue;
import sekisho.testing.Attempts;
import sekisho.testing.StoreTestBase;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;
import sekisho.testing.Waiting;

/**
 * The queue moves into the login log exactly once and in order, whatever happens meanwhile (SPEC
 * section 5).
 */
class QueueFlushIT extends StoreTestBase {

  private static final String QUEUE = TestStores.KEYS.queue();

  private static long queued() {
    return stores.redis("LLEN", QUEUE).toLong();
  }

  private static long watermark() {
    return stores.number("SELECT watermark FROM service_state");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 20, 21, 1000})
  void everyAttemptIsLoggedOnceAndInOrder(int chunk) {
    List<Attempt> attempts =
        IntStream.range(0, 20).mapToObj(i -> unknown("attempt" + i, "192.0.2." + i)).toList();
    instance.outcomes(attempts);
    instance.flush(chunk).flush();
    assertThat(stores.sql("SELECT id, login, ip, user_id, succeeded FROM login_log ORDER BY id"))
        .containsExactlyElementsOf(
            IntStream.range(0, 20)
                .mapToObj(i -> (i + 1) + " attempt" + i + " 192.0.2." + i + " null 0")
                .toList());
    assertThat(queued()).isZero();
    assertThat(watermark()).isEqualTo(20);
    instance.flush(chunk).flush();
    assertThat(stores.loggedIds()).containsExactly(upTo(20));
    assertSound();
  }

  @Test
  void anEmptyQueueIsFlushedToo() {
    instance.flush(10).flush();
    assertThat(stores.loggedIds()).isEmpty();
    assertSound();
  }

  @Test
  void timesAreThoseOfTheDecisionsToTheMillisecondInUtc() {
    instance.outcomes(times(3, right(1, HOME)));
    List<Instant> decided = new ArrayList<>();
    stores
        .redis("LRANGE", QUEUE, "0", "-1")
        .forEach(
            row ->
                decided.add(Instant.ofEpochMilli(Long.parseLong(row.toString().split("\t")[1]))));
    stores.redis(
        "RPUSH",
        QUEUE,
        "4\t0\t1\t2\tfirst\t",
        "5\t253402300799999\t1\t3\tlast\t",
        "6\t1393027199999\t1\t4\tleap\t");
    stores.redis("HSET", TestStores.KEYS.state(), "sequence", "6");
    decided.addAll(
        List.of(
            Instant.EPOCH,
            Instant.parse("9999-12-31T23:59:59.999Z"),
            Instant.parse("2014-02-21T23:59:59.999Z")));
    assertThat(decided.get(0))
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
    instance.flush(10).flush();
    assertThat(stores.sql("SELECT created_at FROM login_log ORDER BY id"))
        .map(text -> LocalDateTime.parse(text).toInstant(ZoneOffset.UTC))
        .containsExactlyElementsOf(decided);
    assertThat(stores.sql("SELECT last_at FROM last_logins ORDER BY user_id"))
        .map(text -> LocalDateTime.parse(text).toInstant(ZoneOffset.UTC))
        .containsExactlyElementsOf(decided.subList(2, 6));
  }

  @Test
  void namesAreLoggedByteForByte() {
    List<Attempt> attempts = new ArrayList<>();
    for (String name : Attempts.AWKWARD_NAMES) {
      attempts.add(unknown(name, "192.0.2." + attempts.size()));
      attempts.add(
          new Attempt(
              name, OptionalLong.of(attempts.size()), true, "2001:db8::" + attempts.size()));
    }
    instance.outcomes(attempts);
    instance.flush(1000).flush();
    HexFormat hex = HexFormat.of().withUpperCase();
    assertThat(stores.sql("SELECT HEX(login) FROM login_log ORDER BY id"))
        .containsExactlyElementsOf(
            attempts.stream()
                .map(attempt -> hex.formatHex(attempt.login().getBytes(StandardCharsets.UTF_8)))
                .toList());
    assertSound();
  }

  @Test
  void userIdsOfAnySizeAreLogged() {
    List<Long> ids = List.of(0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE + 1, (1L << 53) + 1);
    ids.forEach(id -> instance.outcomes(List.of(right(id, HOME), wrong(id, "192.0.2.2"))));
    instance.flush(3).flush();
    assertThat(stores.sql("SELECT user_id FROM login_log WHERE succeeded = 0 ORDER BY id"))
        .map(Long::valueOf)
        .containsExactlyElementsOf(ids);
    assertThat(stores.sql("SELECT user_id FROM user_failures"))
        .map(Long::valueOf)
        .containsExactlyInAnyOrderElementsOf(ids);
    assertThat(stores.sql("SELECT user_id FROM last_logins"))
        .map(Long::valueOf)
        .containsExactlyInAnyOrderElementsOf(ids);
    assertSound();
  }

  @Test
  void aReportShowsWhatIsOverTheThresholdsAndNothingElse() {
    stores.addUser(1, "second\" <b>");
    stores.addUser(2, "first 関");
    stores.addUser(3, "twice only");
    instance.outcomes(times(3, wrong(1, HOME)));
    instance.outcomes(times(4, wrong(2, "192.0.2.2")));
    instance.outcomes(times(2, wrong(3, "192.0.2.3")));
    instance.outcomes(times(3, wrong(99, "192.0.2.99")));
    instance.outcomes(times(10, unknown("nobody", "192.0.2.10")));
    instance.outcomes(times(12, unknown("nobody", "192.0.2.9")));
    instance.outcomes(times(9, unknown("nobody", "192.0.2.8")));
    String report =
        "{\"banned_ips\":[\"192.0.2.10\",\"192.0.2.9\"],\"locked_users\":[\"first 関\",\"second\\\" <b>\"]}";
    assertThat(instance.report()).isEqualTo(report);
    assertThat(instance.report()).isEqualTo(report);
    assertThat(stores.redis("HLEN", TestStores.KEYS.addresses()).toLong()).isEqualTo(7);
  }

  @Test
  void anAddressThatOnceSucceededIsListedAgain() {
    instance.outcome(right(1, HOME));
    instance.outcomes(times(10, unknown("nobody", HOME)));
    assertThat(instance.report()).isEqualTo("{\"banned_ips\":[\"192.0.2.1\"],\"locked_users\":[]}");
  }

  @Test
  void aReportOfNothingHasTwoEmptyLists() {
    assertThat(instance.report()).isEqualTo("{\"banned_ips\":[],\"locked_users\":[]}");
  }

  @Test
  void whatWasCommittedButNotTrimmedIsSkippedNextTime() {
    instance.outcomes(List.of(wrong(1, HOME), right(2, HOME), wrong(1, HOME)));
    stores.redis("ACL", "SETUSER", "default", "-ltrim");
    try {
      assertThatThrownBy(() -> instance.flush(2).flush())
          .isInstanceOf(StoreUnavailableException.class);
    } finally {
      stores.redis("ACL", "SETUSER", "default", "+ltrim");
    }
    assertThat(stores.loggedIds()).containsExactly(upTo(3));
    assertThat(queued()).isEqualTo(3);
    instance.outcome(wrong(1, HOME));
    assertSound();
    instance.flush(2).flush();
    assertThat(stores.loggedIds()).containsExactly(upTo(4));
    assertThat(queued()).isZero();
    assertSound();
  }

  @Test
  void whatWasNotCommittedIsStillInTheQueue() {
    instance.outcomes(List.of(wrong(1, HOME), right(2, HOME), wrong(1, HOME)));
    stores.sql("RENAME TABLE login_log TO hidden");
    try {
      assertThatThrownBy(() -> instance.flush(10).flush())
          .isInstanceOf(DatabaseException.class)
          .hasMessageContaining("the schema is missing");
    } finally {
      stores.sql("RENAME TABLE hidden TO login_log");
    }
    assertThat(stores.loggedIds()).isEmpty();
    assertThat(watermark()).isZero();
    assertThat(queued()).isEqualTo(3);
    instance.flush(10).flush();
    assertThat(stores.loggedIds()).containsExactly(upTo(3));
    assertSound();
  }

  @Test
  void whatWasLoggedButNotCountedIsCountedNextTime() {
    instance.outcomes(List.of(wrong(1, HOME), right(2, HOME), wrong(1, HOME)));
    QueueFlush flush = instance.flush(10);
    stores.sql("RENAME TABLE last_logins TO hidden");
    try {
      assertThatThrownBy(flush::flush)
          .isInstanceOf(DatabaseException.class)
          .hasMessageContaining("the schema is missing");
    } finally {
      stores.sql("RENAME TABLE hidden TO last_logins");
    }
    assertThat(stores.loggedIds()).containsExactly(upTo(3));
    assertThat(stores.sql("SELECT * FROM address_failures")).isEmpty();
    assertThat(queued()).isZero();
    assertSound();
    flush.flush();
    assertThat(stores.number("SELECT failures FROM address_failures")).isEqualTo(1);
    assertThat(stores.loggedIds()).containsExactly(upTo(3));
    assertSound();
  }

  @Test
  void severalInstancesMayFlushAtOnceWhileAttemptsGoOn() {
    AtomicBoolean done = new AtomicBoolean();
    try (TestInstance second = stores.instance().open();
        TestInstance third = stores.instance().open()) {
      List<CompletableFuture<Void>> flushes = new ArrayList<>();
      int[] chunks = {3, 7, 50};
      TestInstance[] flushing = {instance, second, third};
      for (int i = 0; i < chunks.length; i++) {
        QueueFlush flush = flushing[i].flush(chunks[i]);
        flushes.add(
            CompletableFuture.runAsync(
                () -> {
                  while (!done.get()) {
                    flush.flush();
                  }
                },
                work -> new Thread(work, "flush").start()));
      }
      for (int round = 0; round < 30; round++) {
        int base = round * 40;
        List<Future<Outcome>> mine = instance.decideTogether(named("a", base, 40));
        List<Future<Outcome>> others = second.decideTogether(named("b", base, 40));
        mine.forEach(Waiting::on);
        others.forEach(Waiting::on);
      }
      done.set(true);
      flushes.forEach(CompletableFuture::join);
      third.flush(1000).flush();
    }
    assertThat(stores.loggedIds()).containsExactly(upTo(2400));
    for (String prefix : List.of("a", "b")) {
      assertThat(
              stores.sql(
                  "SELECT login FROM login_log WHERE login LIKE '" + prefix + "%' ORDER BY id"))
          .containsExactlyElementsOf(named(prefix, 0, 1200).stream().map(Attempt::login).toList());
    }
    assertThat(queued()).isZero();
    assertSound();
  }

  /** Every third one succeeds, so that counters go up and down. */
  private static List<Attempt> named(String prefix, int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(
            i -> new Attempt(prefix + i, OptionalLong.of(i % 7), i % 3 == 0, "192.0.2." + i % 5))
        .toList();
  }

  @Test
  void aHistoryThatIsNotThatOfMySqlIsNotFlushed() {
    instance.outcome(wrong(1, HOME));
    stores.redis("HSET", TestStores.KEYS.state(), "generation", "another");
    assertThatThrownBy(() -> instance.flush(10).flush())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("does not hold the history");
    stores.redis(
        "HSET",
        TestStores.KEYS.state(),
        "generation",
        stores.sql("SELECT generation FROM service_state").get(0));
    stores.sql("UPDATE service_state SET generation = ''");
    assertThatThrownBy(() -> instance.flush(10).flush())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("being replaced");
    assertThat(stores.loggedIds()).isEmpty();
    assertThat(queued()).isEqualTo(1);
  }

  /** Lua text of rows that are no attempts, with what is wrong with them. */
  private static final List<List<String>> POISON =
      List.of(
          List.of("garbage", "has 1 fields instead of 6"),
          List.of("", "has 1 fields instead of 6"),
          List.of("2\\t1\\t0\\t1\\t192.0.2.1", "has 5 fields instead of 6"),
          List.of("x\\t1\\t0\\t1\\t192.0.2.1\\tname", "has no valid sequence number"),
          List.of("+5\\t1\\t0\\t1\\t192.0.2.1\\tname", "has no valid sequence number"),
          List.of("\\217\\165\\t1\\t0\\t1\\t192.0.2.1\\tname", "has no valid sequence number"),
          List.of("-5\\t1\\t0\\t1\\t192.0.2.1\\tname", "has no valid sequence number"),
          List.of("5\\tx\\t0\\t1\\t192.0.2.1\\tname", "has no valid time"),
          List.of("5\\t1\\t0\\tx\\t192.0.2.1\\tname", "has no valid user id"),
          List.of("5\\t1\\t5\\t1\\t192.0.2.1\\tname", "has no valid success flag"),
          List.of("5\\t1\\t0\\t1\\t\\tname", "has no valid address"),
          List.of("5\\t1\\t0\\t1\\t192.0.2.1\\t\\255\\254", "is not UTF-8"),
          List.of(
              "5\\t1\\t0\\t1\\t192.0.2.1\\t' .. string.rep('x', 256) .. '",
              "has a name of over 255 characters"),
          List.of(
              "1000000\\t1\\t0\\t1\\t192.0.2.1\\tname",
              "has a sequence number that was never given out"),
          List.of(
              "9007199254740991\\t1\\t0\\t1\\t192.0.2.1\\tname",
              "has a sequence number that was never given out"));

  private static void push(String luaText) {
    stores.redis("EVAL", "return redis.call('RPUSH', KEYS[1], '" + luaText + "')", "1", QUEUE);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1000})
  void aRowThatIsNoAttemptIsPutAsideAndBlocksNothing(int chunk) {
    for (List<String> poison : POISON) {
      instance.outcome(wrong(1, "2001:db8::1"));
      push(poison.get(0));
    }
    instance.outcome(right(1, HOME));
    instance.flush(chunk).flush();
    instance.flush(chunk).flush();
    assertThat(queued()).isZero();
    assertThat(stores.loggedIds()).containsExactly(upTo(POISON.size() + 1));
    assertThat(stores.sql("SELECT reason FROM quarantine"))
        .containsExactlyInAnyOrderElementsOf(POISON.stream().map(poison -> poison.get(1)).toList());
    assertThat(
            stores.sql(
                "SELECT COUNT(*) FROM quarantine WHERE CONVERT(SHA2(queue_row, 256) USING ascii) = digest"))
        .containsExactly(Integer.toString(POISON.size()));
    assertThat(stores.sql("SELECT HEX(queue_row) FROM quarantine WHERE reason = 'is not UTF-8'"))
        .containsExactly(
            HexFormat.of()
                    .formatHex("5\t1\t0\t1\t192.0.2.1\t".getBytes(StandardCharsets.US_ASCII))
                    .toUpperCase(Locale.ROOT)
                + "FFFE");
    assertSound();
  }

  @Test
  void aQueueOfNothingButPoisonIsEmptied() {
    POISON.forEach(poison -> push(poison.get(0)));
    push(POISON.get(0).get(0));
    for (int flushes = 0; flushes <= POISON.size(); flushes++) {
      instance.flush(2).flush();
    }
    assertThat(queued()).isZero();
    assertThat(stores.sql("SELECT reason FROM quarantine")).hasSize(POISON.size());
    assertSound();
  }

  /** Only the version that wrote it knows what it is. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 1000})
  void aRowOfANewerVersionStopsTheFlushAndStays(int chunk) {
    instance.outcomes(times(3, wrong(1, HOME)));
    push("v3\\t4\\tanything");
    instance.outcomes(times(2, wrong(1, HOME)));
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> instance.flush(chunk).flush())
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("format version v3");
      assertThat(stores.loggedIds()).containsExactly(upTo(3));
      assertThat(queued()).isEqualTo(3);
    }
    assertThatThrownBy(instance::report).hasMessageContaining("format version v3");
    assertThat(stores.sql("SELECT * FROM quarantine")).isEmpty();
    assertThat(instance.verify().differences())
        .singleElement()
        .asString()
        .contains("format version v3");
    stores.redis("LREM", QUEUE, "1", "v3\t4\tanything");
    instance.flush(chunk).flush();
    assertThat(stores.loggedIds()).containsExactly(upTo(5));
    assertSound();
  }

  @Test
  void whatLooksLikeAVersionAndIsNoneIsPutAside() {
    List.of("v\\t1", "v2", "v2x\\t1", "V2\\t1", "v-2\\t1").forEach(QueueFlushIT::push);
    instance.flush(10).flush();
    assertThat(queued()).isZero();
    assertThat(stores.sql("SELECT * FROM quarantine")).hasSize(5);
  }

  @Test
  void storesOfANewerVersionAreLeftAlone() {
    instance.outcome(wrong(1, HOME));
    stores.redis("HSET", TestStores.KEYS.state(), "format", "3");
    assertThatThrownBy(() -> instance.flush(10).flush())
        .hasMessageContaining("Redis holds data of format version 3");
    assertThatThrownBy(() -> instance.recovery().admit("", 0, ""))
        .hasMessageContaining("Redis holds data of format version 3");
    stores.redis("HSET", TestStores.KEYS.state(), "format", "2");
    stores.sql("UPDATE service_state SET format = 3");
    assertThatThrownBy(() -> instance.flush(10).flush())
        .hasMessageContaining("MySQL holds data of format version 3");
    assertThatThrownBy(() -> instance.recovery().admit("", 0, ""))
        .hasMessageContaining("MySQL holds data of format version 3");
    stores.sql("UPDATE service_state SET format = 2");
    assertThat(queued()).isEqualTo(1);
    assertThat(stores.loggedIds()).isEmpty();
  }

  @Test
  void aStateWithoutAVersionGetsOneAtTheNextAdmission() {
    stores.redis("HDEL", TestStores.KEYS.state(), "format");
    instance.recovery().admit("", 0, "");
    assertThat(stores.hash(TestStores.KEYS.state())).containsEntry("format", "2");
    stores.redis("FLUSHALL");
    instance.recovery().admit("", 0, "");
    assertThat(stores.hash(TestStores.KEYS.state())).containsEntry("format", "2");
  }

  /**
   * The flush of an instance that stood still between its commit and its trim, while `init`
   * replaced the stores.
   */
  @Test
  void aTrimThatComesLateLeavesAnotherHistoryAlone() {
    instance.outcomes(times(5, wrong(1, HOME)));
    LoginQueue queue = instance.stores().queue();
    LoginQueue.State seen = queue.state();
    stores.redis("HSET", TestStores.KEYS.state(), "generation", "another");
    queue.trim(seen, 3, List.of());
    assertThat(queued()).isEqualTo(5);
    assertThat(stores.hash(TestStores.KEYS.state())).containsEntry("flushed", "0");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1000})
  void aRowWithANumberThatWasLoggedIsSkipped(int chunk) {
    instance.outcomes(times(3, wrong(1, HOME)));
    Response rows = stores.redis("LRANGE", QUEUE, "0", "-1");
    stores.redis("RPUSH", QUEUE, rows.get(2).toString(), rows.get(0).toString());
    instance.outcomes(times(2, wrong(1, HOME)));
    stores.redis("LPUSH", QUEUE, rows.get(0).toString());
    instance.flush(chunk).flush();
    instance.flush(chunk).flush();
    assertThat(queued()).isZero();
    assertThat(stores.loggedIds()).containsExactly(upTo(5));
    assertThat(stores.number("SELECT failures FROM user_failures")).isEqualTo(5);
    assertSound();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 1000})
  void aRowThatOnlyHasTheNumberOfAnAttemptIsPutAside(int chunk) {
    instance.outcomes(times(3, wrong(1, HOME)));
    instance.flush(chunk).flush();
    push("2\\t1\\t0\\t1\\t192.0.2.77\\tstranger to the log");
    instance.outcome(wrong(1, HOME));
    push("4\\t1\\t0\\t1\\t192.0.2.77\\tstranger to the chunk");
    instance.outcome(wrong(1, HOME));
    instance.flush(chunk).flush();
    instance.flush(chunk).flush();
    assertThat(queued()).isZero();
    assertThat(stores.loggedIds()).containsExactly(upTo(5));
    assertThat(
            stores.sql(
                "SELECT SUBSTRING_INDEX(CONVERT(queue_row USING utf8mb4), '\t', -1), reason FROM quarantine ORDER BY 1"))
        .containsExactly(
            "stranger to the chunk is not the attempt that the log has under its number",
            "stranger to the log is not the attempt that the log has under its number");
    // One that is the last row of a step is found again by the next.
    assertThat(instance.metrics().total(Event.QUARANTINED)).isBetween(2L, 3L);
    assertSound();
  }

  @Test
  void aRowOfManyMegabytesIsPutAsideAsFarAsItCanBeKept() {
    instance.outcome(wrong(1, HOME));
    stores.redis(
        "EVAL",
        "return redis.call('RPUSH', KEYS[1], 'x' .. string.rep('y', 17 * 1024 * 1024))",
        "1",
        QUEUE);
    instance.outcome(wrong(1, HOME));
    instance.flush(1000).flush();
    assertThat(queued()).isZero();
    assertThat(stores.loggedIds()).containsExactly(1L, 2L);
    assertThat(
            stores.sql(
                "SELECT reason, LENGTH(queue_row), CONVERT(LEFT(queue_row, 3) USING utf8mb4) FROM quarantine"))
        .containsExactly(
            "has 1 fields instead of 6; of its 17825793 bytes, the first 1048576 are kept 1048576 xyy");
    assertSound();
  }

  /** A row is removed because a flush has looked at it, not because its number is low. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 1000})
  void aMalformedRowWithALowNumberIsNotTrimmedUnseen(int chunk) {
    instance.outcomes(times(2, wrong(1, HOME)));
    push("1\\tgarbage");
    instance.outcomes(times(2, wrong(1, HOME)));
    instance.flush(chunk).flush();
    instance.flush(chunk).flush();
    assertThat(queued()).isZero();
    assertThat(stores.loggedIds()).containsExactly(upTo(4));
    assertThat(stores.sql("SELECT CONVERT(queue_row USING utf8mb4) FROM quarantine"))
        .containsExactly("1\tgarbage");
  }

  @Test
  void aNameWithNulIsLogged() {
    push("1\\t1\\t0\\t1\\t192.0.2.1\\ta\\000b");
    stores.redis("HSET", TestStores.KEYS.state(), "sequence", "1");
    instance.flush(10).flush();
    assertThat(stores.sql("SELECT HEX(login) FROM login_log")).containsExactly("610062");
    assertThat(queued()).isZero();
  }

  @Test
  void poisonCannotPushTheWatermarkAwayDuringARepair() {
    instance.outcome(wrong(1, HOME));
    push("9007199254740991\\t1\\t0\\t1\\t192.0.2.1\\tname");
    instance.outcome(wrong(1, HOME));
    stores.redis("HDEL", TestStores.KEYS.state(), "generation");
    instance.stores().flush().flushForRepair();
    assertThat(stores.loggedIds()).containsExactly(1L, 2L);
    assertThat(watermark()).isEqualTo(2);
    assertThat(stores.sql("SELECT reason FROM quarantine"))
        .containsExactly("has a sequence number that was never given out");
    assertThat(queued()).isZero();
  }

  @Test
  void aQueueWhoseStateIsLostIsFlushedForARepair() {
    instance.outcomes(times(2, wrong(1, HOME)));
    stores.redis("DEL", TestStores.KEYS.state());
    instance.stores().flush().flushForRepair();
    assertThat(stores.loggedIds()).containsExactly(1L, 2L);
    assertThat(queued()).isZero();
  }
}
