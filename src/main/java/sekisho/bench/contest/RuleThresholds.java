package sekisho.bench.contest;

/**
 * From how many failures since the last success on a user is locked and an address banned.
 *
 * @param user failures of a user, at least 1
 * @param address failures of an address, at least 1
 */
public record RuleThresholds(int user, int address) {}
