package sekisho.user;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Locale;

/**
 * How much heap users need, and whether this JVM has it. Users live as long as the process, in a
 * few large arrays, so they must fit into the generation of old objects, beside what else lives
 * there. A reload holds two sets of them until the new one is in force.
 *
 * @param max the limit of the heap (-Xmx), in bytes
 * @param old how much of it may hold objects that stay, in bytes
 * @param youngIsFixed whether the rest stays the same when the limit is raised (-Xmn)
 */
record UserHeap(long max, long old, boolean youngIsFixed) {

  private static final long MEGABYTE = 1 << 20;

  /** For what else stays: the memory of answered attempts (16 MB by default), connections. */
  private static final long LEAST_OTHERS = 20 * MEGABYTE;

  /** The same with a flush under way, which has less to gather where there are few users. */
  private static final long MOST_OTHERS = 80 * MEGABYTE;

  /** The heap of this JVM. */
  static UserHeap ofThisJvm() {
    long old =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getUsage)
            .mapToLong(usage -> usage == null ? -1 : usage.getMax())
            .max()
            .orElse(-1);
    HotSpotDiagnosticMXBean options =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    // Runtime.maxMemory() leaves one survivor space out, and is not what an operator set.
    long max =
        options == null
            ? Runtime.getRuntime().maxMemory()
            : Long.parseLong(options.getVMOption("MaxHeapSize").getValue());
    boolean youngIsFixed =
        options != null
            && options.getVMOption("MaxNewSize").getOrigin() == VMOption.Origin.VM_CREATION;
    return new UserHeap(max, old < 0 ? max : old, youngIsFixed);
  }

  /**
   * Tells whether so much fits.
   *
   * @param bytes of all users that are held at once
   */
  boolean fits(long bytes) {
    return withOthers(bytes) <= old;
  }

  /**
   * Says what users need.
   *
   * @param users how many
   * @param bytes what they take
   * @return one line with the limits that the heap needs without and with a reload
   */
  String need(long users, long bytes) {
    long reload = limitFor(2 * bytes);
    return String.format(
        Locale.ROOT,
        "%,d users need about %d MB of heap, %d MB with a reload; the JVM has %d MB: start with"
            + " -Xmx%dm",
        users,
        limitFor(bytes),
        reload,
        max / MEGABYTE,
        reload);
  }

  /** The limit of the heap under which so much fits, in megabytes. */
  private long limitFor(long bytes) {
    long needed = withOthers(bytes);
    long limit =
        youngIsFixed ? needed + (max - old) : (long) Math.ceil((double) needed * max / old);
    return (limit + MEGABYTE - 1) / MEGABYTE;
  }

  private static long withOthers(long bytes) {
    return bytes + Math.min(MOST_OTHERS, LEAST_OTHERS + bytes / 2);
  }
}
