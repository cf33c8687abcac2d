package sekisho.flush;

import io.vertx.sqlclient.Row;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import java.util.function.Consumer;
import sekisho.login.RecordedAttempt;
import sekisho.mysql.Database;
import sekisho.mysql.KeysetPages;
import sekisho.mysql.Statements;

/** Reads {@code login_log} in its order, a page at a time. */
public final class LoginLogReader {

  private static final int PAGE = 20_000;
  private static final String READ_LOG = Statements.statement("flush/read_log");

  private LoginLogReader() {}

  /**
   * Reads a range.
   *
   * @param transaction in which to read
   * @param above the id to begin above
   * @param upTo the last id
   * @param consumer gets each attempt
   * @return how many there were
   */
  public static long read(
      Database.Transaction transaction, long above, long upTo, Consumer<RecordedAttempt> consumer) {
    return KeysetPages.read(
        transaction::query,
        READ_LOG,
        above,
        PAGE,
        page -> page.forEach(row -> consumer.accept(attempt(row))),
        upTo);
  }

  /**
   * Reads one row.
   *
   * @param row all columns of the table in their order
   */
  public static RecordedAttempt attempt(Row row) {
    return new RecordedAttempt(
        row.getLong(0),
        row.getLocalDateTime(1).toInstant(ZoneOffset.UTC),
        row.getLong(2) == null ? OptionalLong.empty() : OptionalLong.of(row.getLong(2)),
        row.getString(3),
        row.getString(4),
        row.getInteger(5) == 1);
  }
}
