package sekisho.fuzz;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.http.connection.RequestTarget;

/**
 * Gives each reader of strangers' input its corpus and mutations of it. {@code sekisho.fuzz.inputs}
 * tells how many, {@code sekisho.fuzz.seed} which; a failure shows the input as a line for the
 * corpus.
 */
class FuzzTest {

  private static final long INPUTS = Long.getLong("sekisho.fuzz.inputs", 30_000);
  private static final long SEED = Long.getLong("sekisho.fuzz.seed", 4);

  static Stream<FuzzTarget> targets() {
    return Stream.of(
        new FormTarget(),
        new CookieTarget(),
        new AddressTarget(),
        new QueueRowTarget(),
        new RequestTarget());
  }

  @ParameterizedTest
  @MethodSource("targets")
  void noInputDoesHarm(FuzzTarget target) {
    var corpus = Corpus.read(target.name());
    corpus.forEach(input -> check(target, input));
    Mutator mutator = new Mutator(SEED, corpus, target.words());
    long begin = System.nanoTime();
    for (long i = 0; i < INPUTS; i++) {
      check(target, mutator.next());
    }
    target.end();
    if (INPUTS > 1_000_000) {
      System.out.printf(
          "fuzz %s: %,d inputs in %d s, seed %d%n",
          target.name(), INPUTS, (System.nanoTime() - begin) / 1_000_000_000, SEED);
    }
  }

  private static void check(FuzzTarget target, byte[] input) {
    try {
      target.accept(input);
    } catch (Exception | AssertionError e) {
      assertThatCode(
              () -> {
                throw e;
              })
          .as(target.name() + ", seed " + SEED + ": " + Corpus.escape(input))
          .doesNotThrowAnyException();
    }
  }
}
