package sekisho.stores;

/** How rows get from the service into {@code login_log}. */
enum FlushPath {
  /** {@code LOAD DATA LOCAL}, over a Unix socket. */
  FILE,
  /** {@code INSERT … JSON_TABLE}, over TCP: a file can't be sent where TLS is possible. */
  INSERT
}
