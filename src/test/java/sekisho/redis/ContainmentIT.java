package sekisho.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.login.Outcome.SUCCESS;
import static sekisho.testing.Attempts.right;
import static sekisho.testing.Attempts.times;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.login.Outcome;
import sekisho.testing.StoreTestBase;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;
import sekisho.testing.Waiting;

/**
 * Whatever is thrown while a batch of attempts is handled, each of its promises is completed and
 * the next batch is sent.
 */
@Timeout(60)
class ContainmentIT extends StoreTestBase {

  /** Thrown by the next call of {@link Admission#queueLength}, which every heartbeat makes. */
  private final AtomicReference<Throwable> thrown = new AtomicReference<>();

  @Override
  protected TestInstance begin() {
    TestInstance made = stores.instance();
    made.connect(new Throwing(made.guard(), thrown));
    made.awaitOpen();
    return made;
  }

  static Stream<Supplier<Throwable>> throwables() {
    return Stream.of(
        () -> new IllegalStateException("test"),
        () -> new OutOfMemoryError("test"),
        StackOverflowError::new,
        () -> new NoClassDefFoundError("test"));
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void anErrorBesideTheAnswersIsNoReasonToStop(Supplier<Throwable> error) {
    thrown.set(error.get());
    assertThat(instance.outcomes(times(3, right(1, HOME))))
        .as("answered before")
        .containsOnly(SUCCESS);
    TestStores.await("it is thrown", () -> thrown.get() == null);
    assertThat(instance.outcomes(times(3, right(1, HOME)))).containsOnly(SUCCESS);
    assertThat(stores.queued(0)).hasSize(6);
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void anErrorWhereOneAnswerIsUsedIsNoBusinessOfTheOthers(Supplier<Throwable> error) {
    List<Future<Outcome>> outcomes =
        instance.decideTogetherThen(
            times(5, right(1, HOME)),
            index -> {
              if (index == 2) {
                TestInstance.rethrow(error.get());
              }
            });
    assertThat(outcomes).allSatisfy(outcome -> assertThat(Waiting.on(outcome)).isEqualTo(SUCCESS));
    assertThat(instance.outcome(right(1, HOME))).isEqualTo(SUCCESS);
  }

  /** The call cannot be built: nothing is sent, so nothing is recorded. */
  @Test
  void aBatchThatCannotBeSentFailsAsAWhole() {
    for (Future<Outcome> outcome :
        instance.decideTogether(Arrays.asList(right(1, HOME), null, right(1, HOME)))) {
      assertThatThrownBy(() -> Waiting.on(outcome))
          .hasMessageContaining("an error in this process");
    }
    assertThat(instance.notServing())
        .hasValueSatisfying(
            why ->
                assertThat(why.reason())
                    .startsWith("attempts fail in this process: java.lang.NullPointerException"));
    assertThat(instance.outcome(right(1, HOME))).isEqualTo(SUCCESS);
    assertThat(instance.notServing()).isEmpty();
    assertThat(stores.queued(0)).hasSize(1);
    instance.stores().recent().awaitAnswers(Duration.ZERO);
  }

  @Test
  void lookUpsAreAnsweredThoughOneOfThemFails() {
    instance.outcome(right(1, HOME));
    assertThat(
            instance.lastLoginsTogether(
                4,
                1,
                index -> {
                  if (index == 1) {
                    throw new IllegalStateException("test");
                  }
                }))
        .allSatisfy(asked -> assertThat(Waiting.on(asked)).isPresent());
    assertThat(Waiting.on(instance.lastLogins(1))).isPresent();
  }

  @Test
  void aRedisThatDoesNotAnswerIsNamed() {
    stores.redis("CLIENT", "PAUSE", "3000");
    Future<Outcome> waiting = instance.decide(right(1, HOME));
    assertThatThrownBy(() -> Waiting.on(waiting))
        .hasMessageMatching(".*Redis: no answer from .*redis\\.sock");
    assertThat(instance.notServing()).isPresent();
    instance.awaitOpen();
    assertThat(instance.notServing()).isEmpty();
  }

  private record Throwing(Admission real, AtomicReference<Throwable> thrown) implements Admission {

    @Override
    public Future<String> admit(String epoch, long highestSequence) {
      return real.admit(epoch, highestSequence);
    }

    @Override
    public void directoryVersion(String version) {
      real.directoryVersion(version);
    }

    @Override
    public void allowListVersion(String version) {
      real.allowListVersion(version);
    }

    @Override
    public void queueLength(long length) {
      Throwable error = thrown.getAndSet(null);
      if (error != null) {
        TestInstance.rethrow(error);
      }
      real.queueLength(length);
    }

    @Override
    public void malformed(String what) {
      real.malformed(what);
    }

    @Override
    public void moveQueueSoon() {
      real.moveQueueSoon();
    }
  }
}
