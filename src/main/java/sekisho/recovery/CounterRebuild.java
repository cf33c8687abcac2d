package sekisho.recovery;

import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.flush.QueueFlush;
import sekisho.login.StoreFormat;
import sekisho.login.StoreUnavailableException;
import sekisho.mysql.Database;
import sekisho.mysql.KeysetPages;
import sekisho.mysql.ServiceState;
import sekisho.mysql.Statements;
import sekisho.redis.EpochFence;
import sekisho.redis.LastLoginsReader.LastLoginsValue;
import sekisho.redis.LoginQueue;
import sekisho.redis.RedisKeys;

/**
 * Makes the counters in Redis anew. Attempts are refused from its beginning until the new counters
 * are in force; what waits in the queue is moved to MySQL first, so nothing is dropped.
 */
public final class CounterRebuild {

  /**
   * The work that no two processes may do at once, as {@link Database#alone} knows it: replacing
   * what the stores hold.
   */
  public static final String REPAIR = "repair";

  private static final Logger LOG = LoggerFactory.getLogger(CounterRebuild.class);
  private static final int PAGE = 5_000;
  private static final Duration FOLD_LIMIT = Duration.ofHours(1);
  private static final String CREATE_STATE = Statements.statement("state/create_state");
  private static final String SET_EPOCH = Statements.statement("state/set_epoch");
  private static final String HIGHEST_ID = Statements.statement("state/highest_id");
  private static final String IS_LOST = Statements.statement("recovery/is_lost");
  private static final String COVER_LOG = Statements.statement("state/cover_log");
  private static final String READ_ADDRESSES = Statements.statement("recovery/read_addresses");
  private static final String READ_USERS = Statements.statement("recovery/read_users");
  private static final String READ_LOGINS = Statements.statement("recovery/read_logins");
  private static final List<String> EMPTY_STATE_TABLES =
      Statements.statements("recovery/empty_state_tables");
  private static final List<String> BEGIN_AT_PRUNED =
      Statements.statements("recovery/begin_at_pruned");

  private final Database database;
  private final RedisKeys keys;
  private final LoginQueue queue;
  private final EpochFence fence;
  private final QueueFlush flush;

  public CounterRebuild(
      Database database, RedisKeys keys, LoginQueue queue, EpochFence fence, QueueFlush flush) {
    this.database = database;
    this.keys = keys;
    this.queue = queue;
    this.fence = fence;
    this.flush = flush;
  }

  /**
   * A rebuild that was begun.
   *
   * @param token ends with the next one that anybody begins
   * @param watermark the highest number that MySQL had then, 0 for none
   */
  record Begun(String token, long watermark) {}

  /** Closes the epoch fence and moves what waits in the queue to MySQL; for a repair. */
  Begun shutAndFlush() {
    String token = fence.close();
    flush.flushForRepair();
    return new Begun(token, database.inTransaction(CounterRebuild::lock).watermark());
  }

  /**
   * Moves what waits in the queue to MySQL, makes the counters again from the state tables, and
   * opens the epoch fence; for a repair that has shut it.
   *
   * @param begun what {@link #shutAndFlush} returned
   * @param highestSequence a sequence number to go on above, 0 for none
   * @param runId the run_id of Redis
   */
  void fromStateTables(Begun begun, long highestSequence, String runId) {
    flush.flushForRepair();
    flush.count();
    publishCounted(begun.token(), highestSequence, runId);
  }

  /**
   * Opens the epoch fence under a new epoch with the counters as they are, where nothing is
   * missing; for a recovery barrier that is over. In one transaction, so that no flush of a former
   * primary comes in between.
   *
   * @param isWhole whether Redis holds all, given the state of MySQL
   * @param runId the run_id of Redis
   * @return false when something is missing
   */
  boolean reopen(Predicate<ServiceState> isWhole, String runId) {
    return database.inTransaction(
        transaction -> {
          ServiceState mySql = lock(transaction);
          if (!isWhole.test(mySql)) {
            return false;
          }
          String epoch = mySql.nextEpoch();
          fence.reopen(mySql.epoch(), epoch, runId);
          transaction.query(SET_EPOCH, epoch, StoreFormat.CURRENT);
          return true;
        });
  }

  private String publishCounted(String token, long highestSequence, String runId) {
    return database.inTransaction(
        transaction -> {
          ServiceState counted = lock(transaction);
          if (counted.counted() != counted.watermark()) {
            throw new StoreUnavailableException("another process flushes meanwhile");
          }
          return publish(transaction, token, counted, highestSequence, runId);
        });
  }

  /**
   * Makes the state tables anew from the whole log, and then the counters.
   *
   * @return the epoch now in force
   */
  public String fromLog() {
    return database.alone(REPAIR, this::countLog);
  }

  /** Takes a database into use in which nothing but users and a log may have been put by hand. */
  public void firstUse() {
    database.alone(
        REPAIR,
        () ->
            database
                .inTransaction(ServiceState::lock)
                .map(ServiceState::epoch)
                .orElseGet(this::countLog));
  }

  private String countLog() {
    String token = fence.close();
    if (database
        .inTransaction(ServiceState::lock)
        .filter(found -> !found.beingReplaced())
        .isPresent()) {
      // First of all: once the watermark covers rows of others, attempts that wait would be taken
      // for logged.
      flush.flushForRepair();
    }
    database.inTransaction(this::coverLog);
    flush.flushForRepair();
    database.inTransaction(
        transaction -> {
          lock(transaction);
          EMPTY_STATE_TABLES.forEach(statement -> transaction.query(FOLD_LIMIT, statement));
          BEGIN_AT_PRUNED.forEach(statement -> transaction.query(FOLD_LIMIT, statement));
          return null;
        });
    // Whatever ends here leaves tables that are as far as they say.
    flush.count();
    // Redis may have been started anew before, and its instances not been asked what it lost.
    return publishCounted(token, 0, queue.state().runId());
  }

  /** Moves the watermark over rows that did not come through the queue. */
  private Void coverLog(Database.Transaction transaction) {
    Optional<ServiceState> found = ServiceState.lock(transaction);
    if (found.isEmpty()) {
      transaction.query(CREATE_STATE, ServiceState.newHistory(), StoreFormat.CURRENT);
    }
    if (found.map(ServiceState::beingReplaced).orElse(false)) {
      transaction.query(SET_EPOCH, ServiceState.newHistory(), StoreFormat.CURRENT);
    }
    ServiceState state = lock(transaction);
    long highest = transaction.query(FOLD_LIMIT, HIGHEST_ID).iterator().next().getLong(0);
    // The attempts at the log's end may be in quarantine.
    boolean endsAside =
        highest < state.watermark() && transaction.query(IS_LOST, state.watermark()).size() > 0;
    if (highest != state.watermark() && !endsAside) {
      LOG.info("login_log goes up to {}, the watermark stood at {}", highest, state.watermark());
      transaction.query(COVER_LOG, highest);
      // Other data: what instances remember is not to be mixed with them.
      transaction.query(SET_EPOCH, ServiceState.newHistory(), StoreFormat.CURRENT);
    }
    return null;
  }

  /** The state, locked, unless the stores are being replaced. */
  static ServiceState lock(Database.Transaction transaction) {
    return ServiceState.lock(transaction)
        .filter(found -> !found.beingReplaced())
        .orElseThrow(() -> new StoreUnavailableException("the stores are being replaced"));
  }

  private String publish(
      Database.Transaction transaction,
      String token,
      ServiceState state,
      long highestSequence,
      String runId) {
    RedisKeys rebuilt = keys.rebuilt();
    long addresses =
        copy(transaction, READ_ADDRESSES, "", token, rebuilt.addresses(), CounterRebuild::failures);
    long users =
        copy(
            transaction,
            READ_USERS,
            Long.MIN_VALUE,
            token,
            rebuilt.users(),
            CounterRebuild::failures);
    long logins =
        copy(
            transaction,
            READ_LOGINS,
            Long.MIN_VALUE,
            token,
            rebuilt.logins(),
            row -> LastLoginsValue.format(LastLoginsRow.read(row)));
    String epoch = state.nextEpoch();
    long sequence = fence.publish(epoch, state.watermark(), highestSequence, runId, token);
    transaction.query(SET_EPOCH, epoch, StoreFormat.CURRENT);
    LOG.info(
        "counters rebuilt: {} addresses, {} users, last logins of {} users; the sequence goes on above {}",
        addresses,
        users,
        logins,
        sequence);
    return epoch;
  }

  /** Copies a table into a hash. */
  private long copy(
      Database.Transaction transaction,
      String statement,
      Object before,
      String token,
      String key,
      Function<Row, String> value) {
    return KeysetPages.read(
        transaction::query,
        statement,
        before,
        PAGE,
        page -> {
          Map<String, String> values = new HashMap<>();
          page.forEach(row -> values.put(row.getValue(0).toString(), value.apply(row)));
          fence.stage(token, key, values);
        });
  }

  private static String failures(Row row) {
    return row.getLong(1).toString();
  }
}
