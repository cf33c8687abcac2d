package sekisho.bench.output;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import sekisho.bench.load.Latency;

/**
 * Latencies as a histogram log (format 1.3 of HdrHistogram), one line for each kind of request,
 * named by its tag; in microseconds.
 */
public final class HistogramFile {

  private static final double MAX_VALUE_UNIT = 1_000;

  private HistogramFile() {}

  /** Writes a file, over an existing one. */
  public static void write(BenchResult result, Path file) throws IOException {
    try (PrintStream out =
        new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
      HistogramLogWriter log = new HistogramLogWriter(out);
      log.outputComment("[Sekisho bench: " + result.settings().title() + "; microseconds]");
      log.outputLogFormatVersion();
      log.outputStartTime(result.startedAt().toEpochMilli());
      log.outputLegend();
      for (Latency latency : result.latencies()) {
        Histogram histogram = latency.histogram().copy();
        histogram.setTag(latency.label().replaceAll("[ ,]", "_"));
        log.outputIntervalHistogram(0, result.seconds(), histogram, MAX_VALUE_UNIT);
      }
    }
  }
}
