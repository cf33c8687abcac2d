package sekisho.report;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import sekisho.login.Thresholds;
import sekisho.mysql.AllowTable;
import sekisho.mysql.Database;
import sekisho.mysql.Statements;
import sekisho.net.AllowList;

/**
 * Reads the two lists from the state tables: two index reads, whatever the length of the history.
 */
public final class ReportReader {

  private static final String BANNED = Statements.statement("report/banned_addresses");
  private static final String LOCKED = Statements.statement("report/locked_users");

  private static final String COUNT = Statements.statement("report/count");

  private final Thresholds thresholds;

  /**
   * How long the lists are.
   *
   * @param bannedAddresses of the first
   * @param lockedUsers of the second, with users that are no more
   */
  public record Counts(long bannedAddresses, long lockedUsers) {}

  public ReportReader(Thresholds thresholds) {
    this.thresholds = thresholds;
  }

  /**
   * Reads both lists as of one moment.
   *
   * @param transaction gives the moment
   * @return the report as of the watermark
   */
  public Report read(Database.Transaction transaction) {
    return read(transaction, AllowTable.load(transaction));
  }

  /**
   * Reads both lists as of one moment.
   *
   * @param transaction gives the moment
   * @param allowed addresses that are not listed
   * @return the report as of the watermark
   */
  Report read(Database.Transaction transaction, AllowList allowed) {
    List<String> banned = texts(transaction.query(BANNED, thresholds.ipBan()));
    banned.removeIf(allowed::contains);
    return new Report(banned, texts(transaction.query(LOCKED, thresholds.userLock())));
  }

  /**
   * Reads both lists as of one moment, in no order and without keeping them.
   *
   * @param transaction gives the moment
   * @param bannedIp gets each banned address
   * @param lockedUser gets the name of each locked user
   */
  public void read(
      Database.Transaction transaction, Consumer<String> bannedIp, Consumer<String> lockedUser) {
    AllowList allowed = AllowTable.load(transaction);
    transaction.stream(
        BANNED,
        row -> {
          if (!allowed.contains(row.getString(0))) {
            bannedIp.accept(row.getString(0));
          }
        },
        thresholds.ipBan());
    transaction.stream(LOCKED, row -> lockedUser.accept(row.getString(0)), thresholds.userLock());
  }

  /**
   * Counts both lists as of one moment, without reading them where no address is allowed.
   *
   * @param transaction gives the moment
   */
  public Counts count(Database.Transaction transaction) {
    Row counts =
        transaction.query(COUNT, thresholds.ipBan(), thresholds.userLock()).iterator().next();
    if (AllowTable.load(transaction).blocks().isEmpty()) {
      return new Counts(counts.getLong(0), counts.getLong(1));
    }
    long[] banned = {0};
    read(transaction, address -> banned[0]++, name -> {});
    return new Counts(banned[0], counts.getLong(1));
  }

  private static List<String> texts(RowSet<Row> rows) {
    List<String> texts = new ArrayList<>(rows.size());
    rows.forEach(row -> texts.add(row.getString(0)));
    return texts;
  }
}
