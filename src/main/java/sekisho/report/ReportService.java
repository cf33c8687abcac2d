package sekisho.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.flush.BackgroundThrottle;
import sekisho.flush.Cooldown;
import sekisho.flush.QueueFlush;
import sekisho.login.StoreUnavailableException;
import sekisho.mysql.AllowTable;
import sekisho.mysql.Database;
import sekisho.mysql.ServiceState;
import sekisho.net.AllowList;

/**
 * Flushes and reports, on one thread of its own. Reports that are asked for while another one is
 * being made share the next one, which begins after all of them: everything answered before a
 * report was asked for is in it.
 */
public final class ReportService implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ReportService.class);
  private static final Duration LONGEST_REST = Duration.ofMillis(500);
  private static final long REPEAT_NANOS = Duration.ofMinutes(1).toNanos();

  private final Database database;
  private final QueueFlush flush;
  private final ReportReader reader;
  private final ObjectMapper mapper = new ObjectMapper();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(work -> new Thread(work, "flush"));
  private final AtomicReference<Promise<Buffer>> next = new AtomicReference<>();
  private final BackgroundThrottle throttle =
      new BackgroundThrottle(() -> next.get() != null, LONGEST_REST);

  /** The newest report; used by the service's thread alone. */
  private Made made = new Made(Optional.empty(), "", List.of(), Buffer.buffer());

  private final Cooldown flushPause = new Cooldown();
  private volatile String told = "";
  private volatile long toldAt;

  /**
   * A report that was made. The lists may be long, and the same until something is counted, the
   * history is another one, or the users were loaded anew.
   */
  private record Made(
      Optional<ServiceState> state, String directory, List<String> allowed, Buffer json) {

    private boolean isOf(
        Optional<ServiceState> present, String presentDirectory, List<String> presentAllowed) {
      return state.isPresent()
          && present.isPresent()
          && state.get().counted() == present.get().counted()
          && state.get().epoch().equals(present.get().epoch())
          && directory.equals(presentDirectory)
          && allowed.equals(presentAllowed);
    }
  }

  public ReportService(Database database, QueueFlush flush, ReportReader reader) {
    this.database = database;
    this.flush = flush;
    this.reader = reader;
  }

  /**
   * Makes a report.
   *
   * @return its JSON; completes on the service's thread; failed with {@link
   *     StoreUnavailableException} when a store is out of reach
   */
  public Future<Buffer> report() {
    while (true) {
      Promise<Buffer> shared = next.get();
      if (shared != null) {
        return shared.future();
      }
      Promise<Buffer> mine = Promise.promise();
      if (next.compareAndSet(null, mine)) {
        // Also where the work never began: a report that failed is not to be shared.
        mine.future().onComplete(made -> next.compareAndSet(mine, null));
        submit(this::make, mine);
        throttle.hurry();
        return mine.future();
      }
    }
  }

  /**
   * Moves the queue to MySQL without a report, soon; begins nothing when that is under way already.
   *
   * @param gentleUpTo while no more rows than these wait, the flush leaves time to the logins; 0
   *     for full speed
   */
  public void flushSoon(long gentleUpTo) {
    throttle.gentleUpTo(gentleUpTo);
    if (flushPause.begin()) {
      Promise<Void> done = Promise.promise();
      done.future().onComplete(ended -> flushPause.end(ended.succeeded()));
      done.future()
          .onComplete(moved -> told = "", error -> tell(String.valueOf(error.getMessage())));
      submit(
          () -> {
            flush.flushLog(throttle);
            return null;
          },
          done);
    }
  }

  /** It is tried once a second, and told once a minute unless it is something else. */
  private void tell(String problem) {
    if (!problem.equals(told) || System.nanoTime() - toldAt > REPEAT_NANOS) {
      told = problem;
      toldAt = System.nanoTime();
      LOG.warn("the login queue waits: {}", problem);
    }
  }

  @Override
  public void close() {
    throttle.gentleUpTo(0);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private <T> void submit(Supplier<T> work, Promise<T> promise) {
    try {
      thread.execute(
          () -> {
            try {
              promise.complete(work.get());
            } catch (Throwable e) {
              // Even an Error: a promise that is never completed would be waited for forever.
              promise.tryFail(
                  new StoreUnavailableException(
                      e.getMessage() == null || e instanceof Error
                          ? e.toString()
                          : e.getMessage()));
            }
          });
    } catch (RejectedExecutionException e) {
      promise.tryFail(new StoreUnavailableException("the service is ending"));
    } catch (RuntimeException | Error e) {
      promise.tryFail(new StoreUnavailableException(e.toString()));
    }
  }

  private Buffer make() {
    // From here on, a new request needs a new report: this one may miss what that one's client saw.
    next.set(null);
    String directory = flush.flush().directory();
    made =
        database.inTransaction(
            transaction -> {
              Optional<ServiceState> state = ServiceState.read(transaction);
              AllowList allowed = AllowTable.load(transaction);
              return made.isOf(state, directory, allowed.blocks())
                  ? made
                  : new Made(
                      state, directory, allowed.blocks(), json(reader.read(transaction, allowed)));
            });
    return made.json();
  }

  private Buffer json(Report report) {
    try {
      return Buffer.buffer(mapper.writeValueAsBytes(report));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
