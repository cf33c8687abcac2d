package sekisho.ops;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sekisho.flush.HistoryRows;
import sekisho.login.CounterChange;
import sekisho.login.OperatorAct;
import sekisho.login.Thresholds;
import sekisho.mysql.AllowTable;
import sekisho.mysql.Database;
import sekisho.mysql.Statements;
import sekisho.net.AllowList;

/**
 * The two lists of the report, with since when and how many failures.
 *
 * @param bannedIps the banned addresses, in their order
 * @param lockedUsers the locked users, in the order of their names
 */
public record BanList(
    @JsonProperty("banned_ips") List<Entry> bannedIps,
    @JsonProperty("locked_users") List<Entry> lockedUsers) {

  private static final String BANS = Statements.statement("report/bans");
  private static final String LOCKS = Statements.statement("report/locks");
  private static final String NEWEST_BANS = Statements.statement("report/newest_bans");
  private static final String NEWEST_LOCKS = Statements.statement("report/newest_locks");
  private static final String EVENTS = Statements.statement("report/events_of");

  /**
   * An address or a user that is refused.
   *
   * @param name the address, or the name of the user
   * @param failures since the last success or pardon
   * @param byOperator whether an operator's ban or lock is in force
   * @param since when it began, in ISO 8601; null where that is not known, as the threshold was
   *     another one then
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Entry(String name, long failures, boolean byOperator, @Nullable String since) {}

  /**
   * Reads both lists as of one moment.
   *
   * @param transaction gives the moment; the state tables are as of their last count
   */
  public static BanList read(Database.Transaction transaction, Thresholds thresholds) {
    AllowList allowed = AllowTable.load(transaction);
    List<Entry> banned = entries(transaction, transaction.query(BANS, thresholds.ipBan()), false);
    banned.removeIf(entry -> allowed.contains(entry.name()));
    return new BanList(
        banned, entries(transaction, transaction.query(LOCKS, thresholds.userLock()), true));
  }

  /**
   * Reads those that failures banned or locked last, the newest first.
   *
   * @param most how many of each at most
   */
  static BanList newest(Database.Transaction transaction, Thresholds thresholds, int most) {
    AllowList allowed = AllowTable.load(transaction);
    List<Entry> banned =
        entries(transaction, transaction.query(NEWEST_BANS, thresholds.ipBan(), most), false);
    banned.removeIf(entry -> allowed.contains(entry.name()));
    return new BanList(
        banned,
        entries(transaction, transaction.query(NEWEST_LOCKS, thresholds.userLock(), most), true));
  }

  private static List<Entry> entries(
      Database.Transaction transaction, RowSet<Row> rows, boolean users) {
    List<Entry> entries = new ArrayList<>();
    for (Row row : rows) {
      String name = row.getString(0);
      long counter = row.getLong(1);
      boolean byOperator = counter >= CounterChange.BARRED;
      String since =
          row.getLocalDateTime(2) == null
              ? null
              : row.getLocalDateTime(2).toInstant(ZoneOffset.UTC).toString();
      String act = byOperator ? sinceAct(transaction, name, users) : null;
      entries.add(
          new Entry(
              name,
              CounterChange.failuresOf(counter),
              byOperator,
              since == null || act != null && act.compareTo(since) < 0 ? act : since));
    }
    return entries;
  }

  /** When the first ban or lock after the last pardon was. */
  private static @Nullable String sinceAct(
      Database.Transaction transaction, String name, boolean user) {
    String since = null;
    for (Row row : transaction.query(EVENTS, name)) {
      OperatorAct act = HistoryRows.act(row);
      if (act.userId().isPresent() == user && act.subject().equals(name)) {
        if (act.kind() == OperatorAct.Kind.PARDON) {
          return since;
        }
        since = act.at().toString();
      }
    }
    return since;
  }
}
