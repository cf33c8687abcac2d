package sekisho.app;

import io.netty.util.internal.OutOfDirectMemoryError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of an exception or Error that nothing contained. A request or a batch fails by
 * itself with 503; what comes here has been thrown where nobody can tell what it left undone. An
 * exception is logged. An Error of the Java machine (no memory, an internal error) ends the process
 * with one line: a supervisor starts it again, and nothing that was answered is lost by that.
 */
public final class UncaughtErrors {

  /** The exit status after an Error: EX_SOFTWARE of sysexits.h. */
  public static final int STATUS = 70;

  private static final Logger LOG = LoggerFactory.getLogger(UncaughtErrors.class);

  private UncaughtErrors() {}

  /** Handles what comes out of any thread that has no handler of its own. */
  public static void handleThoseOfThreads() {
    Thread.setDefaultUncaughtExceptionHandler((thread, error) -> handle(error));
  }

  /** Logs it, or ends the process. */
  static void handle(Throwable error) {
    if (!endsProcess(error)) {
      LOG.error("an error that nothing expected", error);
      return;
    }
    try {
      LOG.error("ended by {}: give Java more heap (-Xmx) if it had too little", error.toString());
    } finally {
      Runtime.getRuntime().halt(STATUS);
    }
  }

  /**
   * A stack that overflowed has been unwound, and a lack of network buffers concerns the connection
   * that wanted one.
   */
  static boolean endsProcess(Throwable error) {
    return error instanceof VirtualMachineError
        && !(error instanceof StackOverflowError)
        && !(error instanceof OutOfDirectMemoryError);
  }
}
