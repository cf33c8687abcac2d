package sekisho.bench.flush;

import java.util.List;

/**
 * What {@link FlushBench} measured.
 *
 * @param attempts how many attempts were flushed and loaded
 * @param load raw {@code LOAD DATA} of the attempts into an empty table like {@code login_log}, in
 *     one transaction
 * @param flush the flush of the same attempts from Redis, state tables included
 * @param peakHeapBytes the most heap that was in use during the flush, garbage included
 * @param reports the report with nothing new, after so much history each
 */
public record FlushFigures(
    long attempts, Run load, Run flush, long peakHeapBytes, List<ReportTime> reports) {

  /**
   * One way of writing the attempts.
   *
   * @param seconds how long it took
   * @param mysqlSeconds CPU time of MySQL, until it rests again
   * @param redisSeconds CPU time of Redis
   * @param serviceSeconds CPU time of this process
   */
  public record Run(
      double seconds, double mysqlSeconds, double redisSeconds, double serviceSeconds) {}

  /**
   * The report's time.
   *
   * @param history attempts in the log
   * @param addresses banned addresses in it
   * @param users locked users in it
   * @param firstMillis the first report after a flush, which reads both lists
   * @param millis the median of those after it
   */
  public record ReportTime(
      long history, int addresses, int users, double firstMillis, double millis) {}

  /** The flush's speed as a share of the load's. */
  public double ratio() {
    return load.seconds() / flush.seconds();
  }

  /** Rows a second of a run. */
  public double rate(Run run) {
    return attempts / run.seconds();
  }

  /** CPU time for each attempt, in microseconds. */
  public double micros(double cpuSeconds) {
    return cpuSeconds * 1e6 / attempts;
  }
}
