package sekisho.mysql;

import io.vertx.sqlclient.Row;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import sekisho.mysql.SchemaFile.Column;
import sekisho.mysql.SchemaFile.Key;
import sekisho.mysql.SchemaFile.Table;

/**
 * Compares the tables of a database with {@code sql/schema.sql}, and makes the statements that let
 * them fit. What holds more than it must is left as it is: wider numbers, longer texts, finer
 * times, more columns and keys. Of what holds less, attempts would be cut, changed or refused
 * later.
 */
final class SchemaCheck {

  private static final String VERSION = Statements.statement("connection/version");
  private static final String TABLES = Statements.statement("schema_check/schema_tables");
  private static final String COLUMNS = Statements.statement("schema_check/schema_columns");
  private static final String INDEXES = Statements.statement("schema_check/schema_indexes");
  private static final String TRIGGERS = Statements.statement("schema_check/schema_triggers");
  private static final String USERS = "users";
  private static final String LOG = "login_log";
  private static final Set<String> TEXTS = Set.of("varchar", "text", "mediumtext", "longtext");
  private static final Set<String> BLOBS = Set.of("mediumblob", "longblob");
  private static final Set<String> SHORT_KEYS = Set.of("COMPACT", "REDUNDANT");
  private static final Map<String, Integer> INTEGER_BITS =
      Map.of("tinyint", 8, "smallint", 16, "mediumint", 24, "int", 32, "bigint", 64);
  private static final String UTF8MB4 = "utf8mb4";

  /** The highest sequence number: Redis counts in floating point. */
  private static final long MAX_SEQUENCE = (1L << 53) - 1;

  private final SchemaFile schema;
  private final Map<String, FoundTable> tables = new HashMap<>();
  private final Map<String, Map<String, FoundColumn>> columns = new HashMap<>();
  private final List<FoundIndex> indexes = new ArrayList<>();
  private final Map<String, List<String>> triggers = new HashMap<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> repairs = new ArrayList<>();

  private record FoundTable(String engine, boolean isView, String rowFormat) {}

  private record FoundColumn(
      String type,
      String fullType,
      boolean nullable,
      boolean hasDefault,
      long length,
      int fraction,
      String characterSet,
      String collation,
      String extra,
      boolean generated) {

    private String text() {
      return fullType
          + (collation.isEmpty() ? "" : " " + collation)
          + (nullable ? " NULL" : " NOT NULL")
          + (generated ? " generated" : "");
    }

    /** Whether an INSERT that does not name it fails. */
    private boolean needsValue() {
      return !nullable && !hasDefault && !generated && !extra.contains("AUTO_INCREMENT");
    }

    /** The numbers that it holds, empty where it is no integer. */
    private Optional<Range> range() {
      return Optional.ofNullable(INTEGER_BITS.get(type))
          .map(bits -> Range.of(bits, fullType.contains("unsigned")));
    }
  }

  private record FoundIndex(String table, String name, boolean unique, List<String> columns) {}

  private record Range(BigInteger least, BigInteger most) {

    private static Range of(int bits, boolean unsigned) {
      BigInteger half = BigInteger.ONE.shiftLeft(bits - 1);
      return unsigned
          ? new Range(BigInteger.ZERO, half.shiftLeft(1).subtract(BigInteger.ONE))
          : new Range(half.negate(), half.subtract(BigInteger.ONE));
    }

    private static Range upTo(long most) {
      return new Range(BigInteger.ZERO, BigInteger.valueOf(most));
    }

    private boolean holds(Range other) {
      return least.compareTo(other.least) <= 0 && most.compareTo(other.most) >= 0;
    }
  }

  /** Reads what the database has. */
  SchemaCheck(Database database) {
    schema =
        SchemaFile.read(database.query(VERSION).iterator().next().getString(0).contains("MariaDB"));
    database
        .query(TABLES)
        .forEach(
            row ->
                tables.put(
                    row.getString(0),
                    new FoundTable(
                        text(row, 1),
                        text(row, 2).contains("VIEW"),
                        text(row, 3).toUpperCase(Locale.ROOT))));
    database
        .query(COLUMNS)
        .forEach(
            row ->
                columns
                    .computeIfAbsent(row.getString(0), table -> new LinkedHashMap<>())
                    .put(row.getString(1), column(row)));
    Map<String, List<Row>> parts = new LinkedHashMap<>();
    database
        .query(INDEXES)
        .forEach(
            row ->
                parts
                    .computeIfAbsent(
                        row.getString(0) + "." + row.getString(1), index -> new ArrayList<>())
                    .add(row));
    parts
        .values()
        .forEach(
            rows ->
                indexes.add(
                    new FoundIndex(
                        rows.get(0).getString(0),
                        rows.get(0).getString(1),
                        number(rows.get(0), 2) == 0,
                        rows.stream()
                            .map(row -> row.getValue(4) == null ? text(row, 3) : "")
                            .toList())));
    database
        .query(TRIGGERS)
        .forEach(
            row ->
                triggers
                    .computeIfAbsent(row.getString(0), table -> new ArrayList<>())
                    .add(row.getString(1)));
  }

  /** The tables that are missing. */
  List<String> missingTables() {
    return schema.tables().stream()
        .map(Table::name)
        .filter(name -> !tables.containsKey(name))
        .toList();
  }

  /** Whether a column is there. */
  boolean hasColumn(String table, String column) {
    return columns.getOrDefault(table, Map.of()).containsKey(column);
  }

  /**
   * Compares all tables.
   *
   * @throws DatabaseException when one does not fit; its message is one line that ends with the
   *     statements to run
   */
  void requireFit() {
    schema.tables().stream().filter(table -> !found(table).isView()).forEach(this::compare);
    if (!repairs.isEmpty()) {
      throw new DatabaseException(
          String.join("; ", problems) + "; run: " + String.join("; ", repairs), null);
    }
  }

  private FoundTable found(Table table) {
    return Objects.requireNonNull(tables.get(table.name()), table.name());
  }

  private void compare(Table table) {
    List<String> wrong = new ArrayList<>();
    List<String> changes = new ArrayList<>();
    Map<String, FoundColumn> found = columns.getOrDefault(table.name(), Map.of());
    for (Column column : table.columns()) {
      FoundColumn present = found.get(column.name());
      if (present == null) {
        wrong.add("it has no column " + column.name());
        changes.add("ADD COLUMN " + column.name() + " " + column.definition());
      } else if (!fits(table, column, present)) {
        wrong.add(column.name() + " is " + present.text());
        // A virtual column cannot become another one.
        changes.add(
            present.extra().contains("VIRTUAL")
                ? "DROP COLUMN "
                    + column.name()
                    + ", ADD COLUMN "
                    + column.name()
                    + " "
                    + column.definition()
                : "MODIFY " + column.name() + " " + column.definition());
      }
    }
    if (!table.name().equals(USERS)) {
      found.forEach(
          (name, column) -> {
            if (table.columns().stream().noneMatch(known -> known.name().equals(name))
                && column.needsValue()) {
              wrong.add("its column " + name + " has no default");
              changes.add(
                  "MODIFY `"
                      + name
                      + "` "
                      + column.fullType()
                      + (column.collation().isEmpty()
                          ? ""
                          : " CHARACTER SET "
                              + column.characterSet()
                              + " COLLATE "
                              + column.collation())
                      + " NULL");
            }
          });
    }
    table.keys().stream()
        .filter(key -> !isThere(table, key))
        .forEach(
            key -> {
              wrong.add("no " + (key.isUnique() ? "unique " : "") + "key on " + key.column());
              changes.add(add(table, key));
            });
    FoundTable options = found(table);
    if (!options.engine().equalsIgnoreCase("InnoDB")) {
      wrong.add("its engine is " + options.engine());
      changes.add("ENGINE=InnoDB");
    }
    if (!changes.isEmpty()) {
      // Other formats have no room for a key on 255 characters.
      String dynamic = SHORT_KEYS.contains(options.rowFormat()) ? ", ROW_FORMAT=DYNAMIC" : "";
      problems.add(
          "table "
              + table.name()
              + " does not fit sql/schema.sql ("
              + String.join(", ", wrong)
              + ")");
      repairs.add("ALTER TABLE " + table.name() + " " + String.join(", ", changes) + dynamic);
    }
    if (!table.name().equals(USERS) && !table.name().equals(LOG)) {
      for (String trigger : triggers.getOrDefault(table.name(), List.of())) {
        problems.add("table " + table.name() + ", which the service alone uses, has a trigger");
        repairs.add("DROP TRIGGER `" + trigger + "`");
      }
    }
  }

  private boolean fits(Table table, Column column, FoundColumn found) {
    boolean type =
        switch (column.type()) {
          case "VARCHAR" -> TEXTS.contains(found.type()) && found.length() >= column.size();
          case "CHAR" ->
              (TEXTS.contains(found.type()) || found.type().equals("char"))
                  && found.length() >= column.size();
          case "DATETIME" -> found.type().equals("datetime") && found.fraction() >= column.size();
          case "MEDIUMBLOB" -> BLOBS.contains(found.type());
          default -> found.range().map(range -> fits(table, column, range)).orElse(false);
        };
    return type
        && found.nullable() == column.nullable()
        && !found.generated()
        && column.collation().map(collation -> collation.equals(found.collation())).orElse(true)
        && column
            .characterSet()
            .map(set -> !set.equals(UTF8MB4) || set.equals(found.characterSet()))
            .orElse(true);
  }

  private boolean fits(Table table, Column column, Range found) {
    Range bigint = Range.of(64, false);
    switch (table.name() + "." + column.name()) {
      case "users.id":
        // As wide as the users need it, as long as the state tables can hold it.
        return bigint.holds(found);
      case "login_log.user_id":
        return found.holds(userIds());
      case "login_log.id":
        return found.holds(Range.upTo(MAX_SEQUENCE));
      case "login_log.succeeded":
        return found.holds(Range.upTo(1));
      default:
        return found.holds(
            Range.of(INTEGER_BITS.getOrDefault(column.type().toLowerCase(Locale.ROOT), 64), false));
    }
  }

  private Range userIds() {
    Range widest = Range.of(64, false);
    return Optional.ofNullable(columns.getOrDefault(USERS, Map.of()).get("id"))
        .flatMap(FoundColumn::range)
        .filter(widest::holds)
        .orElse(widest);
  }

  private boolean isThere(Table table, Key key) {
    return indexes.stream()
        .filter(index -> index.table().equals(table.name()))
        .anyMatch(
            index ->
                key.isUnique()
                    ? index.unique() && index.columns().equals(List.of(key.column()))
                    : index.columns().get(0).equals(key.column()));
  }

  private String add(Table table, Key key) {
    boolean hasPrimary =
        indexes.stream()
            .anyMatch(
                index -> index.table().equals(table.name()) && index.name().equals("PRIMARY"));
    String kind = key.kind().equals("PRIMARY KEY") && hasPrimary ? "UNIQUE KEY" : key.kind();
    return "ADD " + kind + " (" + key.column() + ")";
  }

  private static FoundColumn column(Row row) {
    String extra = text(row, 10).toUpperCase(Locale.ROOT);
    return new FoundColumn(
        text(row, 2),
        text(row, 3),
        text(row, 4).equals("YES"),
        row.getValue(5) != null,
        number(row, 6),
        (int) number(row, 7),
        text(row, 8),
        text(row, 9),
        extra,
        !text(row, 11).isEmpty());
  }

  private static String text(Row row, int column) {
    return Objects.toString(row.getValue(column), "");
  }

  private static long number(Row row, int column) {
    return row.getValue(column) == null ? 0 : row.getNumeric(column).longValue();
  }
}
