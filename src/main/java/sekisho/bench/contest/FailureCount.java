package sekisho.bench.contest;

/**
 * Failures since the last success. After a request that was cut off it is a range, since nobody
 * told whether the service counted that attempt.
 */
final class FailureCount {

  private int least;
  private int most;

  FailureCount(int failures) {
    this.least = failures;
    this.most = failures;
  }

  void failure() {
    least++;
    most++;
  }

  void success() {
    least = 0;
    most = 0;
  }

  /** An attempt that would have failed got no answer. */
  void unansweredFailure() {
    most++;
  }

  /** An attempt that would have succeeded got no answer. */
  void unansweredSuccess() {
    least = 0;
  }

  /** The number of failures when no answer is missing, else the fewest possible. */
  int least() {
    return least;
  }

  boolean certainlyAtLeast(int threshold) {
    return least >= threshold;
  }

  boolean possiblyAtLeast(int threshold) {
    return most >= threshold;
  }
}
