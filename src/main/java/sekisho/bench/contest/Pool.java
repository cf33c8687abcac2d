package sekisho.bench.contest;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * The users or addresses that one worker is busy with. Each gets a goal when it is drawn: most are
 * left for good at exactly the threshold or one failure below it, so that at the end one lost or
 * one repeated failure of them changes the report. The others go on beyond the threshold. A place
 * that falls empty is filled from the source.
 *
 * @param <T> what is pooled; compared by {@code equals}
 */
final class Pool<T> {

  private static final int KEPT_BEYOND = 16;
  private static final int PERCENT_EXACTLY = 40;
  private static final int PERCENT_ONE_BELOW = 50;

  private final Supplier<T> source;
  private final int threshold;
  private final int uses;
  private final SplittableRandom random;
  private final List<Place<T>> busy = new ArrayList<>();
  private final List<T> beyond = new ArrayList<>();

  /**
   * Fills the pool.
   *
   * @param source what to draw from; gives null when it is empty
   * @param places how many are busy at the same time
   * @param threshold the failures that lock or ban, at least 1
   * @param uses after how many attempts a place is renewed in any case
   */
  Pool(Supplier<T> source, int places, int threshold, int uses, SplittableRandom random) {
    this.source = source;
    this.threshold = threshold;
    this.uses = uses;
    this.random = random;
    for (int i = 0; i < places; i++) {
      draw();
    }
  }

  /** One that is under the threshold; null when the source is empty and all places are used up. */
  T pick() {
    return busy.isEmpty() ? null : busy.get(random.nextInt(busy.size())).value;
  }

  /**
   * One that has reached the threshold and may be attempted further; null when there is none yet.
   */
  T pickBeyond() {
    return beyond.isEmpty() ? null : beyond.get(random.nextInt(beyond.size()));
  }

  /** Takes note that an attempt was answered, and renews the place when its goal is reached. */
  void settle(T value, int failures) {
    Place<T> place = find(value);
    if (place == null) {
      return;
    }
    place.used++;
    if (failures < place.goal && place.used < uses) {
      return;
    }
    renew(place);
    if (place.goesBeyond && failures >= threshold) {
      keepBeyond(value);
    }
  }

  /** Never picks this one again. */
  void retire(T value) {
    beyond.remove(value);
    Place<T> place = find(value);
    if (place != null) {
      renew(place);
    }
  }

  private Place<T> find(T value) {
    for (Place<T> place : busy) {
      if (place.value.equals(value)) {
        return place;
      }
    }
    return null;
  }

  private void renew(Place<T> place) {
    busy.remove(place);
    draw();
  }

  private void draw() {
    T value = source.get();
    if (value == null) {
      return;
    }
    int dice = random.nextInt(100);
    boolean oneBelow =
        dice >= PERCENT_EXACTLY && dice < PERCENT_EXACTLY + PERCENT_ONE_BELOW && threshold > 1;
    boolean goesBeyond = dice >= PERCENT_EXACTLY + PERCENT_ONE_BELOW;
    busy.add(new Place<>(value, oneBelow ? threshold - 1 : threshold, goesBeyond));
  }

  private void keepBeyond(T value) {
    if (beyond.size() < KEPT_BEYOND) {
      beyond.add(value);
    } else {
      beyond.set(random.nextInt(KEPT_BEYOND), value);
    }
  }

  private static final class Place<T> {
    private final T value;
    private final int goal;
    private final boolean goesBeyond;
    private int used;

    private Place(T value, int goal, boolean goesBeyond) {
      this.value = value;
      this.goal = goal;
      this.goesBeyond = goesBeyond;
    }
  }
}
