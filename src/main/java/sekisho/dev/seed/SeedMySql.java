package sekisho.dev.seed;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import sekisho.dev.seed.SeedLog.SeedAttempt;
import sekisho.dev.seed.SeedUsers.SeedUser;
import sekisho.flush.InsertWriter;
import sekisho.login.RecordedAttempt;
import sekisho.login.StoreFormat;
import sekisho.login.Thresholds;
import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;
import sekisho.mysql.Schema;
import sekisho.mysql.ServiceState;
import sekisho.mysql.Statements;

/** Puts the seed data into MySQL. Calls block. */
public final class SeedMySql {

  private static final int CHUNK = 25_000;
  private static final Duration EMPTYING_LIMIT = Duration.ofHours(1);
  private static final String BEGIN = Statements.statement("seed/begin");
  private static final List<String> EMPTY_HISTORY = Statements.statements("seed/empty_history");
  private static final String EMPTY_USERS = Statements.statement("seed/empty_users");
  private static final String INSERT_USERS = Statements.statement("seed/insert_users");
  private static final String FINISH = Statements.statement("seed/finish");

  private final Database database;

  public SeedMySql(Database database) {
    this.database = database;
  }

  /**
   * Looks what is there, makes the tables if need be, and keeps every instance from using the
   * stores until {@link #finish}. Users that are not those of the seed are deleted in the same
   * transaction: however this ends, either nothing was changed, or the next one can tell that it
   * may go on. Nobody can add a user between the look and that.
   *
   * @param permit throws when what is there must not be replaced
   * @return what was there
   */
  public StoredData begin(Consumer<StoredData> permit) {
    if (!Schema.fits(database)) {
      database.inTransaction(transaction -> permitted(transaction, permit));
      Schema.create(database);
    }
    return database.inTransaction(
        transaction -> {
          StoredData found = permitted(transaction, permit);
          if (found.users() != StoredData.Users.OF_THE_SEED
              && found.users() != StoredData.Users.NONE) {
            transaction.query(EMPTYING_LIMIT, EMPTY_USERS);
          }
          transaction.query(BEGIN);
          return found;
        });
  }

  /**
   * Whether there is nothing, or an init that was cut short has left something half done.
   *
   * @return false when the database can be served
   */
  public boolean isUnusedOrBeingReplaced() {
    return Schema.isUnused(database)
        || Schema.fits(database)
            && database
                .inTransaction(ServiceState::read)
                .map(ServiceState::beingReplaced)
                .orElse(false);
  }

  private static StoredData permitted(
      Database.Transaction transaction, Consumer<StoredData> permit) {
    StoredData found = StoredData.in(transaction);
    permit.accept(found);
    return found;
  }

  /**
   * Writes the users, where there are none.
   *
   * @param users the users in the order of their ids
   */
  public void insertUsers(List<SeedUser> users) {
    database.queryRows(INSERT_USERS, users, SeedMySql::userRow, CHUNK, inserted -> {});
  }

  /**
   * Replaces the login log and the tables that follow from it.
   *
   * @param attempts the log in its order
   */
  public void replaceHistory(List<SeedAttempt> attempts) {
    requireBeingReplaced(database.inTransaction(ServiceState::read));
    EMPTY_HISTORY.forEach(database::query);
    List<RecordedAttempt> log = attempts.stream().map(SeedMySql::recorded).toList();
    database.inTransaction(
        transaction -> {
          requireBeingReplaced(ServiceState.lock(transaction));
          InsertWriter writer = new InsertWriter(transaction);
          for (int from = 0; from < log.size(); from += CHUNK) {
            writer.append(log.subList(from, Math.min(log.size(), from + CHUNK)));
          }
          writer.count(log, Thresholds.DEFAULT);
          return null;
        });
  }

  /**
   * Puts the data in force.
   *
   * @param watermark the highest id in the log
   * @param epoch the epoch that Redis has too
   */
  public void finish(long watermark, String epoch) {
    if (database.query(FINISH, watermark, epoch, StoreFormat.CURRENT).rowCount() != 1) {
      throw replacedByOthers();
    }
  }

  /**
   * A process that was stopped for long may have lost the lock, and the stores may be in use by
   * now.
   */
  private static void requireBeingReplaced(Optional<ServiceState> state) {
    if (!state.map(ServiceState::beingReplaced).orElse(false)) {
      throw replacedByOthers();
    }
  }

  private static DatabaseException replacedByOthers() {
    return new DatabaseException(
        "another process has replaced the stores meanwhile: run this again", null);
  }

  /** An attempt of the seed as the service records attempts. */
  static RecordedAttempt recorded(SeedAttempt attempt) {
    return new RecordedAttempt(
        attempt.id(),
        attempt.createdAt().toInstant(ZoneOffset.UTC),
        OptionalLong.of(attempt.user().id()),
        attempt.user().login(),
        attempt.ip(),
        attempt.succeeded());
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
