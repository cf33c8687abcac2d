package sekisho.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import sekisho.login.Attempt;
import sekisho.login.RecordedAttempt;
import sekisho.login.StoreUnavailableException;
import sekisho.testing.Attempts;
import sekisho.testing.Until;

class ReplayBufferTest {

  private static final long NOW = 1_393_027_200_123L;
  private static final int HEAD = Integer.BYTES + 2 * Long.BYTES + 1;

  private final List<RecordedAttempt> given = new ArrayList<>();
  private final List<Integer> bytes = new ArrayList<>();

  @Provide
  Arbitrary<List<List<Attempt>>> batches() {
    return Attempts.attempt().list().ofMinSize(1).ofMaxSize(8).list().ofMaxSize(60);
  }

  @Provide
  Arbitrary<Integer> capacities() {
    return Arbitraries.integers().between(0, 3_000);
  }

  private static List<RecordedAttempt> all(ReplayBuffer recent) {
    return recent.parts().stream().flatMap(part -> part.attempts().stream()).toList();
  }

  private void add(ReplayBuffer recent, List<Attempt> batch) {
    long first = given.size() + 1;
    byte[] outcomes = new byte[batch.size()];
    List<byte[]> ends = DecideScript.rowEnds(batch);
    for (int i = 0; i < outcomes.length; i++) {
      Attempt attempt = batch.get(i);
      outcomes[i] = (byte) (attempt.passwordMatches() ? 'S' : i % 2 == 0 ? 'W' : 'B');
      given.add(
          new RecordedAttempt(
              first + i,
              Instant.ofEpochMilli(NOW + first),
              attempt.userId(),
              attempt.login(),
              attempt.address(),
              attempt.passwordMatches()));
      bytes.add(HEAD + ends.get(i).length);
    }
    recent.sending();
    recent.add("history/2", new DecideScript.Reply(first, outcomes, NOW + first), ends);
    recent.ended();
  }

  /** The newest ones, as they were, and no fewer than fit. */
  @Property(tries = 500)
  void rememberTheNewest(
      @ForAll("batches") List<List<Attempt>> batches, @ForAll("capacities") int capacity) {
    given.clear();
    bytes.clear();
    int block = capacity / 4;
    ReplayBuffer recent = new ReplayBuffer(capacity, block);
    recent.belongTo("history");
    for (List<Attempt> batch : batches) {
      add(recent, batch);
      List<RecordedAttempt> all = all(recent);
      int used =
          bytes.subList(given.size() - all.size(), given.size()).stream()
              .mapToInt(Integer::intValue)
              .sum();
      int longest = bytes.stream().mapToInt(Integer::intValue).max().orElse(0);
      if (longest <= block) {
        assertThat(all).isEqualTo(given.subList(given.size() - all.size(), given.size()));
        assertThat(recent.forgotten()).isEqualTo(given.size() - all.size());
        // An entry is in one piece, so up to one may be missing at the end of each block; the
        // oldest block goes as a whole.
        assertThat(all.size() == given.size() || used >= 3 * (block - longest)).isTrue();
        assertThat(used).isLessThanOrEqualTo(capacity);
      }
    }
  }

  @Property(tries = 100)
  void giveThemOtherNumbers(@ForAll("batches") List<List<Attempt>> batches) {
    given.clear();
    ReplayBuffer recent = new ReplayBuffer(2_500, 1_250);
    recent.belongTo("history");
    batches.forEach(batch -> add(recent, batch));
    List<RecordedAttempt> before = all(recent);
    before.forEach(
        attempt -> recent.renumber(Map.of(attempt.sequence(), attempt.sequence() + 10_000)));
    assertThat(all(recent))
        .isEqualTo(
            before.stream()
                .map(attempt -> attempt.withSequence(attempt.sequence() + 10_000))
                .toList());
  }

  /** A part that somebody reads must not change under him when its block's turn comes again. */
  @Property(tries = 50)
  void whatIsReadStaysAsItWas(@ForAll("batches") List<List<Attempt>> batches) {
    given.clear();
    ReplayBuffer recent = new ReplayBuffer(2_400, 600);
    recent.belongTo("history");
    List<ReplayBuffer.Part> parts = List.of();
    List<List<RecordedAttempt>> read = List.of();
    for (List<Attempt> batch : batches) {
      assertThat(parts.stream().map(ReplayBuffer.Part::attempts).toList()).isEqualTo(read);
      parts = recent.parts();
      read = parts.stream().map(ReplayBuffer.Part::attempts).toList();
      add(recent, batch);
    }
  }

  @Test
  void knowTheHighestNumberOfTheEpochInForce() {
    ReplayBuffer recent = new ReplayBuffer(0);
    recent.belongTo("history");
    recent.admitted("history/2");
    add(recent, List.of(Attempts.wrong(1, "192.0.2.1"), Attempts.wrong(1, "192.0.2.1")));
    assertThat(recent.highest("history/2")).isEqualTo(2);
    recent.admitted("history/2");
    assertThat(recent.highest("history/2")).isEqualTo(2);
    recent.admitted("history/3");
    add(recent, List.of(Attempts.wrong(1, "192.0.2.1")));
    assertThat(recent.highest("history/3"))
        .as("an answer to what was sent under the former epoch")
        .isZero();
    assertThat(recent.highest("history/2")).isZero();
  }

  /** Attempts that were not decided have no number, and are no attempts to give back. */
  @Test
  void leaveOutWhatWasNotDecided() {
    ReplayBuffer recent = new ReplayBuffer(1_000);
    recent.belongTo("history");
    recent.admitted("history");
    List<Attempt> batch =
        List.of(
            Attempts.wrong(1, "192.0.2.1"),
            Attempts.wrong(2, "192.0.2.1"),
            Attempts.wrong(3, "192.0.2.1"));
    recent.sending();
    recent.add(
        "history",
        new DecideScript.Reply(7, new byte[] {'W', 'X', 'B'}, NOW),
        DecideScript.rowEnds(batch));
    recent.ended();
    assertThat(all(recent))
        .extracting(RecordedAttempt::sequence, attempt -> attempt.userId().getAsLong())
        .containsExactly(tuple(7L, 1L), tuple(8L, 3L));
    assertThat(recent.highest("history")).isEqualTo(8);
  }

  @Test
  void belongToOneHistory() {
    ReplayBuffer recent = new ReplayBuffer(1_000);
    recent.belongTo("history");
    add(recent, List.of(Attempts.wrong(1, "192.0.2.1")));
    recent.belongTo("history");
    assertThat(all(recent)).hasSize(1);
    recent.belongTo("other");
    assertThat(all(recent)).isEmpty();
    add(recent, List.of(Attempts.wrong(1, "192.0.2.1")));
    assertThat(all(recent)).as("an answer to what was sent under the former history").isEmpty();
    assertThat(recent.forgotten()).isZero();
  }

  @Test
  void saysWhenTheAnswersToAllCallsAreKnown() throws InterruptedException {
    ReplayBuffer recent = new ReplayBuffer(1_000);
    recent.belongTo("history");
    recent.awaitAnswers(Duration.ZERO);
    recent.sending();
    recent.sending();
    recent.ended();
    assertThatThrownBy(() -> recent.awaitAnswers(Duration.ofMillis(1)))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage("attempts are still under way to Redis");
    AtomicInteger found = new AtomicInteger();
    Thread waiting =
        new Thread(
            () -> {
              recent.awaitAnswers(Duration.ofSeconds(30));
              found.set(all(recent).size());
            });
    waiting.start();
    Until.isTrue("it waits", () -> waiting.getState() == Thread.State.TIMED_WAITING);
    List<Attempt> batch = List.of(Attempts.wrong(1, "192.0.2.1"));
    recent.add(
        "history", new DecideScript.Reply(1, new byte[] {'W'}, NOW), DecideScript.rowEnds(batch));
    recent.ended();
    waiting.join();
    assertThat(found).hasValue(1);
  }
}
