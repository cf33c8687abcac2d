package sekisho.app;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many files, and so connections, the system allows this process. */
final class FileDescriptors {

  private static final Logger LOG = LoggerFactory.getLogger(FileDescriptors.class);

  /** For the jar, the stores, the management port, and connections that are just being rejected. */
  private static final int RESERVED = 3072;

  /** Of those, for connections that are being rejected. */
  private static final int REJECTED = 2560;

  private FileDescriptors() {}

  /**
   * As many connections as wanted, or fewer, so that there is always a file left to reach a store
   * with.
   */
  static int connectionsFor(int wanted) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      long allowed = system.getMaxFileDescriptorCount();
      int possible = possible(allowed);
      if (possible < wanted) {
        LOG.warn(
            "{} connections may be open at once instead of {} (sekisho.http.max-connections): the system allows this"
                + " process {} files (ulimit -n)",
            possible,
            wanted,
            allowed);
        return possible;
      }
    }
    return wanted;
  }

  /**
   * How many connections may be open that are being rejected, beside those that {@link
   * #connectionsFor} allows.
   */
  static int forRejected() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? forRejected(system.getMaxFileDescriptorCount())
        : REJECTED;
  }

  /** Fewer of few files: some of those that are kept are for other things. */
  static int forRejected(long allowed) {
    return (int) Math.max(8, Math.min(REJECTED, allowed / 8 * 3));
  }

  /** Of few files, more than half are kept: as many connections may be on their way out. */
  static int possible(long allowed) {
    return (int)
        Math.min(Integer.MAX_VALUE, Math.max(1, allowed - Math.min(RESERVED, allowed / 2 + 64)));
  }
}
