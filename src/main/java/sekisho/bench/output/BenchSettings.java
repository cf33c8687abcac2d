package sekisho.bench.output;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import sekisho.bench.contest.RuleThresholds;
import sekisho.bench.load.ProcessRole;
import sekisho.bench.load.Target;
import sekisho.bench.raw.RawRoute;

/**
 * What to run.
 *
 * @param targets the services, not empty: one, or several instances that share their stores
 * @param metrics where a service tells of its queue; empty for nowhere
 * @param raw the route of raw mode; null for contest load
 * @param workers workers of contest load, or connections of raw mode, at least 1
 * @param seconds the longest that load is made, more than 0
 * @param requests after how many requests the run ends by itself; {@code Long.MAX_VALUE} for no
 *     limit
 * @param rate requests a second in raw mode; 0 for a closed loop
 * @param warmUp seconds of load before anything is counted
 * @param keepAlive whether a worker of contest load keeps its connection for all visits
 * @param phases what is done beside the load
 * @param seed of the workers' random numbers
 * @param thresholds the service's
 * @param dataset directory of the seed's files
 * @param dataDirectory where pid files may be
 * @param timeout for one request
 * @param slowLimit an answer of contest load that takes longer is a failure
 * @param reportTimeout for {@code /report}
 * @param pids processes that were named on the command line
 */
public record BenchSettings(
    List<Target> targets,
    Optional<URI> metrics,
    RawRoute raw,
    int workers,
    double seconds,
    long requests,
    double rate,
    double warmUp,
    boolean keepAlive,
    Phases phases,
    long seed,
    RuleThresholds thresholds,
    Path dataset,
    Path dataDirectory,
    Duration timeout,
    Duration slowLimit,
    Duration reportTimeout,
    Map<ProcessRole, Set<Integer>> pids) {

  /**
   * What is done before and after contest load.
   *
   * @param init a command for the shell that brings the services into the seeded state
   * @param initLimit how long it may take
   * @param pretestOnly whether the run ends after the pre-test
   * @param ramp whether workers rise from one to all
   * @param restart a command for the shell that starts the services anew
   * @param restartLimit how long it may take, and then the service until it answers
   */
  public record Phases(
      Optional<String> init,
      Duration initLimit,
      boolean pretestOnly,
      boolean ramp,
      Optional<String> restart,
      Duration restartLimit) {}

  /** The first service. */
  public Target target() {
    return targets.get(0);
  }

  /** One line that says what the run is. */
  public String title() {
    if (raw == null) {
      return phases.pretestOnly()
          ? "pre-test"
          : "contest load, "
              + (phases.ramp() ? "up to " : "")
              + workers
              + (workers == 1 ? " worker" : " workers");
    }
    String pace =
        rate > 0 ? String.format(Locale.ROOT, "%,.0f requests/s", rate) : "as fast as it goes";
    return "raw " + raw.name().toLowerCase(Locale.ROOT) + ", " + workers + " connections, " + pace;
  }

  /** The settings that the result depends on, for the record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("url", targets.stream().map(Target::toString).collect(Collectors.joining(",")));
    map.put("mode", raw == null ? "contest" : "raw " + raw.name().toLowerCase(Locale.ROOT));
    map.put(raw == null ? "workers" : "connections", workers);
    map.put("seconds", seconds);
    if (requests != Long.MAX_VALUE) {
      map.put("requests", requests);
    }
    if (raw != null) {
      map.put("rate", rate);
    } else {
      map.put("connection", keepAlive ? "kept alive" : "new for each visit");
      map.put("seed", seed);
      map.put("user lock threshold", thresholds.user());
      map.put("ip ban threshold", thresholds.address());
    }
    map.put("warm-up", warmUp);
    map.put("timeout", timeout.toSeconds());
    if (raw == null) {
      map.put("slow limit", slowLimit.toMillis() / 1e3);
    }
    return map;
  }
}
