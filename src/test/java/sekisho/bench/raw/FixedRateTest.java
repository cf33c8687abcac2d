package sekisho.bench.raw;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sekisho.bench.load.Recorder;
import sekisho.bench.load.RequestKind;

class FixedRateTest {

  private final DefaultEventLoop loop = new DefaultEventLoop();

  @AfterEach
  void stopLoop() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void whatWasDueAndNeverSentCountsWithItsWholeWait() throws Exception {
    Recorder recorder = new Recorder(Duration.ofDays(1));
    FixedRate pace = new FixedRate(loop, 10_000, 50, RequestKind.LOGIN);
    loop.submit(() -> pace.start(() -> {})).get();
    long began = System.nanoTime();
    while (System.nanoTime() - began < 10_000_000) {
      Thread.onSpinWait();
    }
    loop.submit(() -> pace.stop(recorder)).get();
    assertThat(recorder.latencies(RequestKind.LOGIN).getTotalCount()).isEqualTo(50);
    assertThat(recorder.latencies(RequestKind.LOGIN).getMaxValue()).isGreaterThanOrEqualTo(9_990);
    assertThat(recorder.latencies(RequestKind.LOGIN).getMinValue()).isGreaterThanOrEqualTo(5_000);
    assertThat(recorder.requests()).isZero();
    assertThat(pace.remarks())
        .anyMatch(remark -> remark.startsWith("50 requests were due and never sent"));
  }

  @Test
  void requestsFallDueAtEqualDistances() throws Exception {
    FixedRate pace = new FixedRate(loop, 1_000, 3, RequestKind.TOP);
    loop.submit(() -> pace.start(() -> {})).get();
    long first = loop.submit(pace::take).get();
    long second = loop.submit(pace::take).get();
    assertThat(pace.isOver()).isFalse();
    long third = loop.submit(pace::take).get();
    assertThat(second - first).isEqualTo(1_000_000);
    assertThat(third - second).isEqualTo(1_000_000);
    assertThat(pace.isOver()).isTrue();
  }

  @Test
  void aBacklogOfTheWarmUpIsForgotten() throws Exception {
    FixedRate pace = new FixedRate(loop, 10_000, 100, RequestKind.TOP);
    loop.submit(() -> pace.start(() -> {})).get();
    long began = System.nanoTime();
    while (System.nanoTime() - began < 5_000_000) {
      Thread.onSpinWait();
    }
    loop.submit(
            () -> {
              pace.take();
              pace.restart();
            })
        .get();
    assertThat(loop.submit(pace::take).get() - began).isGreaterThanOrEqualTo(5_000_000);
    for (int i = 0; i < 97; i++) {
      loop.submit(pace::take).get();
    }
    assertThat(pace.isOver()).isFalse();
    loop.submit(pace::take).get();
    assertThat(pace.isOver()).isTrue();
  }
}
