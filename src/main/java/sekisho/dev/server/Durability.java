package sekisho.dev.server;

/** What the servers' data must outlive; the less, the fewer disk flushes. */
public enum Durability {

  /** The loss of power: MariaDB loses no commit, Redis at most one second. */
  POWER_LOSS("everysec", "1"),

  /**
   * The death of any process, but not of the machine: nothing waits for the disk. Fit for tests.
   */
  PROCESS_DEATH("no", "2");

  private final String redisFsync;
  private final String innodbFlush;

  Durability(String redisFsync, String innodbFlush) {
    this.redisFsync = redisFsync;
    this.innodbFlush = innodbFlush;
  }

  /** The value of Redis' {@code appendfsync}. */
  String redisFsync() {
    return redisFsync;
  }

  /** The value of {@code innodb_flush_log_at_trx_commit}. */
  String innodbFlush() {
    return innodbFlush;
  }
}
