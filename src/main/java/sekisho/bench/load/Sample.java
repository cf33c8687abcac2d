package sekisho.bench.load;

import java.util.Map;

/**
 * One second of a run.
 *
 * @param second when it ended, in seconds since the start
 * @param requestsPerSecond answers in it, per second
 * @param failures problems in it
 * @param cpu share of one CPU that each known role used in it, 1 is one whole CPU
 */
public record Sample(
    double second, double requestsPerSecond, long failures, Map<ProcessRole, Double> cpu) {}
