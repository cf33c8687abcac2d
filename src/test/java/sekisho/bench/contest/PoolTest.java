package sekisho.bench.contest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PoolTest {

  private final Map<Integer, Integer> failures = new HashMap<>();
  private int next;

  private Pool<Integer> pool(int available, int threshold, int uses) {
    return new Pool<>(
        () -> next < available ? next++ : null, 4, threshold, uses, new SplittableRandom(3));
  }

  private void fail(Pool<Integer> pool, Integer value) {
    pool.settle(value, failures.merge(value, 1, Integer::sum));
  }

  @Test
  void leavesEachAtItsGoalAndKeepsSomeToGoOnWith() {
    Pool<Integer> pool = pool(1_000, 3, Integer.MAX_VALUE);
    for (Integer value = pool.pick(); value != null; value = pool.pick()) {
      assertThat(failures.getOrDefault(value, 0)).isLessThan(3);
      fail(pool, value);
    }
    long atThreshold = failures.values().stream().filter(count -> count == 3).count();
    long oneBelow = failures.values().stream().filter(count -> count == 2).count();
    assertThat(atThreshold + oneBelow).isEqualTo(1_000);
    assertThat(oneBelow).isBetween(400L, 600L);
    assertThat(failures.get(pool.pickBeyond())).isEqualTo(3);
  }

  @Test
  void oneFailureIsEnoughForAThresholdOfOne() {
    Pool<Integer> pool = pool(50, 1, Integer.MAX_VALUE);
    for (Integer value = pool.pick(); value != null; value = pool.pick()) {
      fail(pool, value);
    }
    assertThat(failures.values()).hasSize(50).containsOnly(1);
  }

  @Test
  void renewsAfterSoManyUses() {
    Pool<Integer> pool = pool(1_000, 100, 5);
    Map<Integer, Integer> used = new HashMap<>();
    for (int i = 0; i < 500; i++) {
      Integer value = pool.pick();
      used.merge(value, 1, Integer::sum);
      pool.settle(value, 0);
    }
    assertThat(used.values()).allMatch(uses -> uses <= 5);
    assertThat(used).hasSizeGreaterThan(95);
  }

  @Test
  void neverPicksWhatWasRetired() {
    Pool<Integer> pool = pool(10, 3, Integer.MAX_VALUE);
    Set<Integer> retired = new HashSet<>();
    for (Integer value = pool.pick(); value != null; value = pool.pick()) {
      assertThat(retired.add(value)).isTrue();
      pool.retire(value);
    }
    assertThat(retired).hasSize(10);
    assertThat(pool.pickBeyond()).isNull();
  }
}
