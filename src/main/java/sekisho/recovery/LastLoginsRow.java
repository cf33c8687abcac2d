package sekisho.recovery;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import sekisho.login.LastLogins;
import sekisho.login.Success;

/** Reads rows of the table {@code last_logins}. */
public final class LastLoginsRow {

  private LastLoginsRow() {}

  /** The last two successes in a row that begins with the user id. */
  public static LastLogins read(Row row) {
    return new LastLogins(
        success(row, 1), row.getValue(3) == null ? Optional.empty() : Optional.of(success(row, 3)));
  }

  /** A DATETIME, which the service keeps in UTC. */
  static Instant instant(Row row, int column) {
    return row.getLocalDateTime(column).toInstant(ZoneOffset.UTC);
  }

  private static Success success(Row row, int column) {
    return new Success(instant(row, column), row.getString(column + 1));
  }
}
