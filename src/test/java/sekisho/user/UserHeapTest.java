package sekisho.user;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UserHeapTest {

  private static final long MEGABYTE = 1 << 20;

  @Test
  void whatDoesNotFitIsToldWithTheLimitsThatDo() {
    UserHeap heap = new UserHeap(512 * MEGABYTE, 384 * MEGABYTE, true);
    assertThat(heap.fits(304 * MEGABYTE)).isTrue();
    assertThat(heap.fits(305 * MEGABYTE)).isFalse();
    assertThat(heap.need(6_200_000, 500 * MEGABYTE))
        .isEqualTo(
            "6,200,000 users need about 708 MB of heap, 1208 MB with a"
                + " reload; the JVM has 512 MB: start with -Xmx1208m");
    assertThat(new UserHeap(708 * MEGABYTE, 580 * MEGABYTE, true).fits(500 * MEGABYTE)).isTrue();
    assertThat(new UserHeap(1208 * MEGABYTE, 1080 * MEGABYTE, true).fits(1000 * MEGABYTE)).isTrue();
  }

  @Test
  void whereTheYoungGenerationGrowsTooTheLimitGrowsInProportion() {
    UserHeap heap = new UserHeap(300 * MEGABYTE, 200 * MEGABYTE, false);
    assertThat(heap.need(1, 500 * MEGABYTE))
        .contains(" need about 870 MB of heap, 1620 MB with a reload");
  }

  @Test
  void fewUsersFitIntoASmallHeap() {
    UserHeap heap = new UserHeap(64 * MEGABYTE, 42 * MEGABYTE, false);
    assertThat(heap.fits(UserDirectory.bytes(100_000, 1_700_000))).isTrue();
    assertThat(heap.fits(UserDirectory.bytes(500_000, 8_500_000))).isFalse();
  }

  @Test
  void theLimitsOfThisJvmAreFound() {
    UserHeap heap = UserHeap.ofThisJvm();
    assertThat(heap.max()).isGreaterThanOrEqualTo(Runtime.getRuntime().maxMemory());
    assertThat(heap.old()).isPositive().isLessThanOrEqualTo(heap.max());
  }
}
