package sekisho.ops;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import sekisho.login.HistoryEntry;
import sekisho.login.StoreUnavailableException;
import sekisho.login.Thresholds;
import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;
import sekisho.mysql.ServiceState;
import sekisho.mysql.Statements;
import sekisho.redis.LoginQueue;
import sekisho.redis.QueueRow;
import sekisho.redis.RunningInstances;
import sekisho.report.ReportReader;

/** Reads how the service is from both stores; changes nothing. Calls block. */
public final class StatusReader {

  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);
  private static final Duration OLDEST = Duration.ofMinutes(5);
  private static final String QUARANTINED = Statements.statement("report/quarantined");

  private final Database database;
  private final LoginQueue queue;
  private final RunningInstances instances;
  private final Thresholds thresholds;
  private final int flushThreshold;
  private final LongSupplier users;

  /**
   * Nothing is read yet.
   *
   * @param flushThreshold the length of the queue that starts a flush
   * @param users how many there are
   */
  public StatusReader(
      Database database,
      LoginQueue queue,
      RunningInstances instances,
      Thresholds thresholds,
      int flushThreshold,
      LongSupplier users) {
    this.database = database;
    this.queue = queue;
    this.instances = instances;
    this.thresholds = thresholds;
    this.flushThreshold = flushThreshold;
    this.users = users;
  }

  /** Reads everything that can be read now. */
  public StoreStatus read() {
    List<String> problems = new ArrayList<>();
    StoreStatus.History history = null;
    try {
      history = history(problems);
    } catch (DatabaseException | StoreUnavailableException e) {
      problems.add("MySQL: " + e.getMessage());
    }
    List<StoreStatus.Instance> running = List.of();
    StoreStatus.Queue waiting = null;
    StoreStatus.Memory memory = null;
    try {
      RunningInstances.Seen seen = instances.read();
      LoginQueue.Rows head = queue.read(0, 1);
      running = running(seen, head.state().epoch(), problems);
      waiting = waiting(head, seen.nowMillis(), problems);
      memory =
          new StoreStatus.Memory(
              head.state().server().usedMemory(), head.state().server().maxMemory());
    } catch (StoreUnavailableException e) {
      problems.add("Redis: " + e.getMessage());
    }
    return new StoreStatus(List.copyOf(problems), running, waiting, memory, history);
  }

  private StoreStatus.History history(List<String> problems) {
    return database.inTransaction(
        transaction -> {
          Optional<ServiceState> state = ServiceState.read(transaction);
          if (state.map(ServiceState::beingReplaced).orElse(false)) {
            problems.add("the stores are being replaced; if no init runs, run it again");
          }
          long lost = number(transaction, QUARANTINED, 0);
          long quarantined = number(transaction, QUARANTINED, 1);
          if (quarantined > 0) {
            problems.add(
                quarantined
                    + " queue rows are in quarantine, of which "
                    + lost
                    + " are answered attempts that the log lacks: see the table quarantine");
          }
          ReportReader.Counts refused = new ReportReader(thresholds).count(transaction);
          return new StoreStatus.History(
              state.map(ServiceState::watermark).orElse(0L),
              users.getAsLong(),
              refused.bannedAddresses(),
              refused.lockedUsers(),
              lost,
              quarantined);
        });
  }

  private static long number(Database.Transaction transaction, String statement, int column) {
    return transaction.query(statement).iterator().next().getLong(column);
  }

  private static List<StoreStatus.Instance> running(
      RunningInstances.Seen seen, String epoch, List<String> problems) {
    List<StoreStatus.Instance> running = new ArrayList<>();
    if (epoch.isEmpty()) {
      problems.add("no attempts are accepted: the stores are being compared, repaired or replaced");
    }
    seen.heartbeats()
        .forEach(
            (name, heartbeat) -> {
              double silent = Math.max(0, seen.nowMillis() - heartbeat.atMillis()) / 1e3;
              running.add(
                  new StoreStatus.Instance(
                      name, silent, !epoch.isEmpty() && heartbeat.epoch().equals(epoch)));
              if (silent > LONGEST_SILENCE.toSeconds()) {
                problems.add(
                    String.format(
                        Locale.ROOT, "instance %s has been silent for %.0f s", name, silent));
              }
            });
    return running;
  }

  private StoreStatus.Queue waiting(LoginQueue.Rows head, long nowMillis, List<String> problems) {
    long length = queue.length();
    Double oldest = age(head.rows(), nowMillis);
    if (oldest != null && oldest > OLDEST.toSeconds()) {
      problems.add(
          String.format(Locale.ROOT, "the oldest attempt has waited for MySQL for %.0f s", oldest));
    }
    if (length > 2L * flushThreshold) {
      problems.add(
          length
              + " attempts wait for MySQL, over twice sekisho.flush.threshold ("
              + flushThreshold
              + ")");
    }
    return new StoreStatus.Queue(length, oldest, head.state().sequence());
  }

  private static @Nullable Double age(List<byte[]> head, long nowMillis) {
    return head.stream()
        .findFirst()
        .flatMap(QueueRow::entry)
        .map(HistoryEntry::at)
        .map(at -> Math.max(0, nowMillis - at.toEpochMilli()) / 1e3)
        .orElse(null);
  }
}
