package sekisho.flush;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sekisho.testing.Until;

@Timeout(30)
class BackgroundThrottleTest {

  private static final long HOUR = Duration.ofHours(1).toNanos();

  private final AtomicBoolean awaited = new AtomicBoolean();
  private final BackgroundThrottle throttle =
      new BackgroundThrottle(awaited::get, Duration.ofHours(1));
  private final Thread resting = new Thread(() -> throttle.rest(HOUR));

  private void rest() {
    resting.start();
    Until.isTrue("it rests", () -> resting.getState() == Thread.State.TIMED_WAITING);
  }

  @AfterEach
  void end() throws InterruptedException {
    resting.interrupt();
    resting.join();
  }

  @Test
  void isGentleWhileFewRowsWait() {
    throttle.gentleUpTo(10);
    assertThat(throttle.isGentle(0)).isTrue();
    assertThat(throttle.isGentle(10)).isTrue();
    assertThat(throttle.isGentle(11)).isFalse();
  }

  @Test
  void hurriesUntilToldThatRowsMayWait() {
    assertThat(throttle.isGentle(1)).isFalse();
    throttle.gentleUpTo(10);
    throttle.gentleUpTo(0);
    assertThat(throttle.isGentle(1)).isFalse();
  }

  @Test
  void hurriesWhenSomebodyWaits() {
    throttle.gentleUpTo(10);
    awaited.set(true);
    assertThat(throttle.isGentle(1)).isFalse();
    throttle.rest(HOUR);
  }

  @Test
  void whoBeginsToWaitEndsARest() throws InterruptedException {
    rest();
    awaited.set(true);
    throttle.hurry();
    resting.join();
  }

  @Test
  void goesOnRestingWhenNobodyWaits() {
    rest();
    throttle.hurry();
    Until.isTrue("it rests again", () -> resting.getState() == Thread.State.TIMED_WAITING);
  }

  @Test
  void anInterruptEndsARestAndIsKept() throws InterruptedException {
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread thread =
        new Thread(
            () -> {
              throttle.rest(HOUR);
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    thread.start();
    thread.interrupt();
    thread.join();
    assertThat(interrupted).isTrue();
  }

  @Test
  void restsNoLongerThanItMay() {
    new BackgroundThrottle(awaited::get, Duration.ZERO).rest(HOUR);
  }
}
