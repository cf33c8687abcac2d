package sekisho.recovery;

import io.vertx.sqlclient.Row;
import java.util.OptionalLong;
import sekisho.login.RecordedAttempt;

/** Reads rows of the table {@code login_log}, with all columns in their order. */
final class LogRow {

  private LogRow() {
  }

  /** The attempt in a row. */
  static RecordedAttempt read(Row row) {
    Long user = row.getLong(2);
    return new RecordedAttempt(row.getLong(0), LastLoginsRow.instant(row, 1),
        user == null ? OptionalLong.empty() : OptionalLong.of(user), row.getString(3), row.getString(4), row.getInteger(5) == 1);
  }
}
