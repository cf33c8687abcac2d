package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.ServiceHome;
import sekisho.testing.history.ReportProbe;

/**
 * Reports at once, from one instance and from two, while logins go on at both: each report has all
 * that was answered before it was asked for, and the log has everything once.
 */
class ReportsAtOnceIT extends FaultTestBase {

  private static final int CLIENTS = 12;

  private static ServiceHome one;
  private static ServiceHome other;

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    one = small(stage.home());
    other = small(stage.home());
    one.startReady("serve");
    other.startReady("serve");
  }

  /**
   * Small chunks, so that a report takes several transactions, and flushes of both instances meet
   * between them.
   */
  private static ServiceHome small(ServiceHome home) {
    return home.with("SEKISHO_FLUSH_THRESHOLD", "1000").with("SEKISHO_FLUSH_CHUNK", "50");
  }

  static Stream<Arguments> reports() {
    return Repetition.all()
        .flatMap(
            repetition ->
                Stream.of(2, 10)
                    .flatMap(
                        count ->
                            Stream.of(1, 2)
                                .map(instances -> Arguments.of(count, instances, repetition))));
  }

  @ParameterizedTest(name = "{0} reports from {1} instance(s), {2}")
  @MethodSource("reports")
  void eachHasWhatWasAnsweredBefore(int count, int instances, Repetition repetition) {
    stage.load().start(CLIENTS, one.port(), other.port());
    stage.load().awaitAnswered(300);
    repetition.awaitMoment(Duration.ofMillis(200));
    ExecutorService clients = Executors.newFixedThreadPool(count);
    try {
      List<CompletableFuture<Void>> all =
          IntStream.range(0, count)
              .mapToObj(
                  i ->
                      CompletableFuture.runAsync(
                          () ->
                              assertThat(
                                      ReportProbe.ask(
                                          i % instances == 0 ? one.port() : other.port()))
                                  .as("a report")
                                  .isPresent()
                                  .hasValueSatisfying(stage::remember),
                          clients))
              .toList();
      all.forEach(CompletableFuture::join);
    } finally {
      clients.shutdownNow();
    }
    stage.load().awaitAnswered(50);
    stage.assertNothingLost(
        count + " reports at once from " + instances + " instance(s), " + repetition, other);
  }
}
