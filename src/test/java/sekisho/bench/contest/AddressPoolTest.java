package sekisho.bench.contest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AddressPoolTest {

  private static Set<String> addressesOf(int worker, int workers, int attempts) {
    AddressPool pool = new AddressPool(worker, workers, 10, new SplittableRandom(worker));
    Map<String, Integer> failures = new HashMap<>();
    for (int i = 0; i < attempts; i++) {
      String address = pool.pick();
      pool.settle(address, failures.merge(address, 1, Integer::sum));
    }
    return failures.keySet();
  }

  @Test
  void workersShareNoAddress() {
    Set<String> all = new HashSet<>();
    int sum = 0;
    for (int worker = 0; worker < 3; worker++) {
      Set<String> own = addressesOf(worker, 3, 5_000);
      sum += own.size();
      all.addAll(own);
    }
    assertThat(all).hasSize(sum);
    assertThat(all).allMatch(address -> address.matches("127\\.1\\.\\d{1,3}\\.\\d{1,3}"));
  }

  @Test
  void oneAttemptInThreeComesFromALastNumberThatDividesByThree() {
    AddressPool pool = new AddressPool(0, 1, 10, new SplittableRandom(1));
    int owners = 0;
    for (int i = 0; i < 30_000; i++) {
      String address = pool.pick();
      owners += AddressPool.ownersAddress(address) ? 1 : 0;
      pool.settle(address, 0);
    }
    assertThat(owners).isBetween(9_500, 10_500);
  }

  @Test
  void goesOnBehind127Dot1() {
    assertThat(addressesOf(0, 1, 700_000))
        .anyMatch(address -> address.startsWith("127.2."))
        .noneMatch(address -> address.startsWith("127.0."));
  }
}
