package sekisho.dev.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Prepares processes that get none of the service's secrets, and whose files are for their owner
 * alone.
 */
final class ChildProcess {

  /** Java can't set a process's mask; the shell is gone when the program runs. */
  private static final List<String> OWNER_ONLY_FILES =
      List.of("/bin/sh", "-c", "umask 077; exec \"$@\"", "sh");

  /** Passwords and keys may be in there, and a server has use for none of it. */
  private static final String OUR_VARIABLES = "SEKISHO_";

  /** MariaDB sets its mask itself, by these. */
  private static final Map<String, String> MARIADB_MASK =
      Map.of("UMASK", "0600", "UMASK_DIR", "0700");

  private ChildProcess() {}

  /**
   * Prepares a process; it is not started.
   *
   * @param command program and arguments
   */
  static ProcessBuilder of(List<String> command) {
    List<String> masked = new ArrayList<>(OWNER_ONLY_FILES);
    masked.addAll(command);
    ProcessBuilder process = new ProcessBuilder(masked);
    process.environment().keySet().removeIf(name -> name.startsWith(OUR_VARIABLES));
    // They would tell the manager of this process that they serve.
    process.environment().remove("NOTIFY_SOCKET");
    process.environment().putAll(MARIADB_MASK);
    return process;
  }
}
