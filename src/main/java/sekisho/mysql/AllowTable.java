package sekisho.mysql;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.net.AllowList;

/** The table {@code allowed_addresses}. Calls block. Thread-safe. */
public final class AllowTable {

  private static final Logger LOG = LoggerFactory.getLogger(AllowTable.class);
  private static final String READ = Statements.statement("users/read_allowed");
  private static final String ADD = Statements.statement("users/add_allowed");
  private static final String REMOVE = Statements.statement("users/remove_allowed");

  private final Database database;

  /**
   * One block of the list.
   *
   * @param block see {@link AllowList#canonical}
   * @param at when it was put there
   * @param operator who did that
   * @param reason why, may be empty
   */
  public record Entry(String block, Instant at, String operator, String reason) {}

  public AllowTable(Database database) {
    this.database = database;
  }

  /** Reads the list. */
  public AllowList load() {
    return list(database::query);
  }

  /** Reads the list as of a transaction's moment. */
  public static AllowList load(Database.Transaction transaction) {
    return list(transaction::query);
  }

  private static AllowList list(KeysetPages.Statements statements) {
    List<String> blocks = new ArrayList<>();
    for (Row row : statements.query(READ)) {
      String block = row.getString(0);
      try {
        blocks.addAll(AllowList.of(List.of(block)).blocks());
      } catch (IllegalArgumentException e) {
        LOG.error("table allowed_addresses: {}; it is left out", e.getMessage());
      }
    }
    return AllowList.of(blocks);
  }

  /** Reads the list with all that is known of it. */
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    database
        .query(READ)
        .forEach(
            row ->
                entries.add(
                    new Entry(
                        row.getString(0),
                        row.getLocalDateTime(1).toInstant(ZoneOffset.UTC),
                        row.getString(2),
                        row.getString(3))));
    return entries;
  }

  /**
   * Adds a block; one that is there stays as it is.
   *
   * @param block see {@link AllowList#canonical}
   */
  public void add(String block, String operator, String reason) {
    database.query(ADD, block, operator, reason);
  }

  /**
   * Removes a block.
   *
   * @param block see {@link AllowList#canonical}
   * @return false when it was not there
   */
  public boolean remove(String block) {
    return database.query(REMOVE, block).rowCount() > 0;
  }
}
