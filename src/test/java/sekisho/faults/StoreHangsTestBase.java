package sekisho.faults;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.Signals;
import sekisho.testing.StoreGate;
import sekisho.testing.Until;

/** For tests of a store that is there and does not answer. A gate is before it. */
abstract class StoreHangsTestBase extends FaultTestBase {

  static final int CLIENTS = 12;

  /** More than there are connections to MySQL. */
  private static final int HANGS = 6;

  /** More than a footprint varies by itself. */
  private static final int MANY_HANGS = 15;

  /** The way to the store; set by each class. */
  static StoreGate gate;

  @AfterAll
  static void closeTheGate() {
    gate.close();
  }

  /** The store's name. */
  abstract String store();

  /** The store's process id. */
  abstract long pid();

  /** What the service does while the store is stuck, so many times. */
  abstract void assertGoesOnWithoutIt(int times);

  /** Looks at the store, after it hung many times. */
  void assertNothingIsLeftAtTheStore() {}

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void paused(Repetition repetition) {
    hang(
        "paused",
        repetition,
        () -> {
          Signals.pause(pid());
          try {
            assertGoesOnWithoutIt(HANGS);
          } finally {
            Signals.resume(pid());
          }
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void behindANetworkThatSwallowsEverything(Repetition repetition) {
    hang("half-open", repetition, () -> swallow(HANGS));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void nothingPilesUp(Repetition repetition) {
    hang(
        "half-open again and again",
        repetition,
        () -> {
          swallowAndRecover();
          Footprint before = Footprint.of(service);
          for (int i = 0; i < MANY_HANGS; i++) {
            swallowAndRecover();
          }
          Until.isTrue(
              "as little in use as before: " + before + ", now " + Footprint.of(service),
              () -> Footprint.of(service).isNoMoreThan(before));
          assertNothingIsLeftAtTheStore();
        });
  }

  /** Lets the store hang under load at a random moment, and checks the history. */
  final void hang(String how, Repetition repetition, Runnable hang) {
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(100);
    repetition.awaitMoment(Duration.ofMillis(300));
    hang.run();
    stage.load().awaitAnswered(100);
    stage.assertNothingLost(store() + " " + how + ", " + repetition, home);
  }

  private void swallow(int times) {
    gate.swallow();
    try {
      assertGoesOnWithoutIt(times);
    } finally {
      gate.letNewOnesPass();
    }
  }

  private void swallowAndRecover() {
    swallow(1);
    stage.report(home);
    stage.load().awaitAnswered(20);
  }
}
