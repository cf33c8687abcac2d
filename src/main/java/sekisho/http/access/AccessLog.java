package sekisho.http.access;

import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.ContextBase;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.EchoEncoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import sekisho.file.FileProblem;

/**
 * Writes the access log on a thread of its own. Event loops only put entries into a queue; when it
 * is full, as the disk does not keep up, entries are dropped and counted. Adding is thread-safe.
 */
public final class AccessLog implements AutoCloseable {

  /** Some 200 bytes each. */
  private static final int WAITING = 16_384;

  /** The file and as many older ones are kept. */
  private static final int FILES = 5;

  /** A wake-up for each request would cost the event loops more than the line. */
  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final AccessLogFormat format;
  private final Runnable dropped;
  private final ArrayBlockingQueue<AccessLogEntry> queue = new ArrayBlockingQueue<>(WAITING);
  private final OutputStreamAppender<String> appender;
  private final Thread thread = new Thread(this::write, "access-log");
  private volatile boolean ending;

  private AccessLog(
      AccessLogFormat format, OutputStreamAppender<String> appender, Runnable dropped) {
    this.format = format;
    this.appender = appender;
    this.dropped = dropped;
  }

  /**
   * Opens the log and begins to write.
   *
   * @param file where to; the standard output without one
   * @param bytes at which length a file is closed and another one begun
   * @param dropped runs for each entry that is dropped, on the thread that adds it
   * @throws IOException in one line, when the file can't be written
   */
  public static AccessLog open(
      AccessLogFormat format, Optional<Path> file, long bytes, Runnable dropped)
      throws IOException {
    ContextBase context = new ContextBase();
    OutputStreamAppender<String> appender =
        file.isPresent() ? rolling(context, file.get(), bytes) : new ConsoleAppender<>();
    EchoEncoder<String> encoder = new EchoEncoder<>();
    encoder.setContext(context);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setImmediateFlush(file.isEmpty());
    appender.start();
    AccessLog log = new AccessLog(format, appender, dropped);
    log.thread.start();
    return log;
  }

  private static RollingFileAppender<String> rolling(ContextBase context, Path file, long bytes)
      throws IOException {
    try {
      // Logback tells nobody that it can't open a file.
      Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
    } catch (IOException e) {
      throw new IOException("cannot write " + file + ": " + FileProblem.reason(file, e), e);
    }
    RollingFileAppender<String> appender = new RollingFileAppender<>();
    appender.setFile(file.toString());
    FixedWindowRollingPolicy files = new FixedWindowRollingPolicy();
    files.setContext(context);
    files.setParent(appender);
    files.setFileNamePattern(file.toString().replace("%", "\\%") + ".%i");
    files.setMinIndex(1);
    files.setMaxIndex(FILES - 1);
    files.start();
    SizeBasedTriggeringPolicy<String> size = new SizeBasedTriggeringPolicy<>();
    size.setContext(context);
    size.setMaxFileSize(new FileSize(bytes));
    size.setCheckIncrement(Duration.buildByMilliseconds(100));
    size.start();
    appender.setRollingPolicy(files);
    appender.setTriggeringPolicy(size);
    return appender;
  }

  /** Whether entries should hold the headers Referer and User-Agent. */
  public boolean hasHeaders() {
    return format == AccessLogFormat.COMBINED;
  }

  /** Adds an entry, or drops it. */
  public void add(AccessLogEntry entry) {
    if (!queue.offer(entry)) {
      dropped.run();
    }
  }

  private void write() {
    while (true) {
      boolean last = ending;
      AccessLogEntry entry = queue.poll();
      if (entry == null) {
        flush();
        if (last) {
          appender.stop();
          return;
        }
        LockSupport.parkNanos(REST_NANOS);
      } else {
        appender.doAppend(format.line(entry));
      }
    }
  }

  private void flush() {
    try {
      appender.getOutputStream().flush();
    } catch (IOException e) {
      // The appender tries again with the next line.
      dropped.run();
    }
  }

  /** Writes what waits, and closes the file. */
  @Override
  public void close() {
    ending = true;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
