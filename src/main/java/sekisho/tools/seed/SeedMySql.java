package sekisho.tools.seed;

import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.sqlclient.Row;
import java.io.IOException;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalLong;
import sekisho.login.RecordedAttempt;
import sekisho.login.StoreFormat;
import sekisho.mysql.Database;
import sekisho.mysql.Schema;
import sekisho.mysql.Sql;
import sekisho.report.HistoryWriter;

/** Puts the seed data into MySQL. Calls block. */
public final class SeedMySql {

  private static final int CHUNK = 25_000;
  private static final String BEGIN = Sql.statement("seed/begin.sql");
  private static final List<String> EMPTY_HISTORY = Sql.statements("seed/empty_history.sql");
  private static final String FINGERPRINT_USERS = Sql.statement("seed/fingerprint_users.sql");
  private static final String INSERT_USERS = Sql.statement("seed/insert_users.sql");
  private static final String FINISH = Sql.statement("seed/finish.sql");

  private final Database database;

  /**
   * Makes the loader.
   *
   * @param database where the data go
   */
  public SeedMySql(Database database) {
    this.database = database;
  }

  /** Makes the tables if need be, and keeps every instance from using the stores until {@link #finish}. */
  public void begin() {
    Schema.create(database);
    database.query(BEGIN);
  }

  /**
   * Asks the database whether the users are those of the seed, to the byte: that is quicker than writing them again.
   *
   * @return whether exactly they are there
   */
  public boolean hasUsers() {
    Row found = database.query(FINGERPRINT_USERS).iterator().next();
    return found.getLong(0) == SeedUsers.COUNT && SeedUsers.FINGERPRINT.equals(found.getString(1));
  }

  /**
   * Replaces the users.
   *
   * @param users the users in the order of their ids
   */
  public void replaceUsers(List<SeedUser> users) {
    database.query("TRUNCATE TABLE users");
    database.queryRows(INSERT_USERS, users, SeedMySql::userRow, CHUNK, inserted -> { });
  }

  /**
   * Replaces the login log and the tables that follow from it.
   *
   * @param attempts the log in its order
   */
  public void replaceHistory(List<SeedAttempt> attempts) {
    EMPTY_HISTORY.forEach(database::query);
    List<RecordedAttempt> log = attempts.stream().map(SeedMySql::recorded).toList();
    database.inTransaction(transaction -> {
      HistoryWriter writer = new HistoryWriter(transaction);
      for (int from = 0; from < log.size(); from += CHUNK) {
        writer.append(log.subList(from, Math.min(log.size(), from + CHUNK)));
      }
      writer.count(log);
      return null;
    });
  }

  /**
   * Puts the data in force.
   *
   * @param watermark the highest id in the log
   * @param generation the generation that Redis has too
   */
  public void finish(long watermark, String generation) {
    database.query(FINISH, watermark, generation, StoreFormat.CURRENT);
  }

  /** An attempt of the seed as the service records attempts. */
  static RecordedAttempt recorded(SeedAttempt attempt) {
    return new RecordedAttempt(attempt.id(), attempt.createdAt().toInstant(ZoneOffset.UTC),
        OptionalLong.of(attempt.user().id()), attempt.user().login(), attempt.ip(), attempt.succeeded());
  }

  private static void userRow(JsonGenerator json, SeedUser user) throws IOException {
    json.writeStartArray();
    json.writeNumber(user.id());
    json.writeString(user.login());
    json.writeString(user.passwordHash());
    json.writeString(user.salt());
    json.writeEndArray();
  }
}
