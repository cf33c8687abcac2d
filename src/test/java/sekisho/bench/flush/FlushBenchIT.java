package sekisho.bench.flush;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.app.SettingsLoader;
import sekisho.bench.flush.FlushBench.FlushFigures;
import sekisho.testing.TestServers;

class FlushBenchIT {

  @Test
  void allAttemptsAreFlushedAndNothingIsLeft(@TempDir Path directory) {
    Path data = directory.resolve("flush");
    List<String> progress = new ArrayList<>();
    FlushFigures figures =
        FlushBench.run(
            SettingsLoader.load(Optional.empty(), Map.of("SEKISHO_DATA_DIR", directory.toString())),
            data,
            TestServers.bundledServers(),
            3_000,
            7_000,
            progress::add);
    assertThat(figures.attempts()).isEqualTo(3_000);
    assertThat(figures.ratio()).isPositive();
    assertThat(figures.peakHeapBytes()).isPositive();
    assertThat(figures.reports())
        .extracting(FlushFigures.ReportTime::history)
        .containsExactly(3_000L, 7_000L);
    assertThat(figures.reports().get(1).users()).isGreaterThan(figures.reports().get(0).users());
    assertThat(progress).isNotEmpty();
    assertThat(Files.exists(data)).isFalse();
  }
}
