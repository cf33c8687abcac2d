package sekisho.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.metrics.Event;
import sekisho.metrics.ServiceMetrics;

class DominantClientDetectorTest {

  private final ServiceMetrics metrics = new ServiceMetrics();
  private final AtomicLong nextWarning = new AtomicLong(System.nanoTime());
  private final DominantClientDetector watch = new DominantClientDetector(metrics, nextWarning);

  /** One window of attempts in any order, of which one address makes so many. */
  private void window(int ofOne, Random random) {
    List<String> addresses =
        IntStream.range(0, DominantClientDetector.WINDOW)
            .mapToObj(i -> i < ofOne ? "192.0.2.1" : "198.51.100." + i)
            .collect(Collectors.toList());
    Collections.shuffle(addresses, random);
    addresses.forEach(watch::attempt);
  }

  @ParameterizedTest
  @ValueSource(ints = {76, 80, 99, 100})
  void noticesAnAddressThatMakesMostAttempts(int ofOne) {
    for (int seed = 1; seed <= 50; seed++) {
      window(ofOne, new Random(seed));
      assertThat(metrics.total(Event.MAJORITY)).isEqualTo(seed);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 30, 50})
  void saysNothingOfAnAddressThatDoesNot(int ofOne) {
    for (int seed = 1; seed <= 50; seed++) {
      window(ofOne, new Random(seed));
    }
    assertThat(metrics.total(Event.MAJORITY)).isZero();
  }

  @Test
  void writesToTheLogOnceInAWhile() {
    window(100, new Random(1));
    long next = nextWarning.get();
    assertThat(next - System.nanoTime()).isPositive();
    window(100, new Random(2));
    assertThat(nextWarning).hasValue(next);
  }
}
