package sekisho.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code sql/schema.sql}, read as what the service needs. */
record SchemaFile(List<Table> tables) {

  private static final Pattern TABLE =
      Pattern.compile("(?s)CREATE TABLE IF NOT EXISTS (\\w+) \\(\n(.*)\n\\).*");
  private static final Pattern COLUMN =
      Pattern.compile(
          "(\\w+) (\\w+)(?:\\((\\d+)\\))?(?: CHARACTER SET (\\w+))?(?: COLLATE (\\w+))?( NOT)? NULL.*");
  private static final Pattern KEY =
      Pattern.compile("(PRIMARY KEY|UNIQUE KEY|KEY)(?: \\w+)? \\((\\w+)\\)");
  private static final String COMMENT = " COMMENT '[^']*'";
  private static final String FOR_MARIADB = "/\\*M! (.*?) \\*/";
  private static final String FOR_MYSQL = "/\\*!\\d+ (.*?) \\*/";

  /** A table. */
  record Table(String name, List<Column> columns, List<Key> keys) {}

  /**
   * A column.
   *
   * @param definition the rest of its line, without the comment
   * @param type in capitals, without its size
   * @param size length of a text or digits of a fraction of a second, 0 for none
   * @param characterSet that it must hold, if it must
   * @param collation that it must have, if it must
   * @param nullable whether NULL is allowed
   */
  record Column(
      String name,
      String definition,
      String type,
      int size,
      Optional<String> characterSet,
      Optional<String> collation,
      boolean nullable) {}

  /**
   * An index of one column.
   *
   * @param kind {@code PRIMARY KEY}, {@code UNIQUE KEY} or {@code KEY}
   */
  record Key(String kind, String column) {

    boolean isUnique() {
      return !kind.equals("KEY");
    }
  }

  /**
   * Reads it.
   *
   * @param mariaDb whether as MariaDB reads it, or as MySQL does
   * @return what it says
   */
  static SchemaFile read(boolean mariaDb) {
    List<Table> tables = new ArrayList<>();
    for (String statement : Statements.schema()) {
      Matcher table =
          TABLE.matcher(
              statement
                  .replaceAll(COMMENT, "")
                  .replaceAll(mariaDb ? FOR_MARIADB : FOR_MYSQL, "$1")
                  .replaceAll(" (?:" + (mariaDb ? FOR_MYSQL : FOR_MARIADB) + ")", ""));
      if (!table.matches()) {
        throw new IllegalStateException("not a table: " + statement);
      }
      tables.add(table(table.group(1), table.group(2)));
    }
    return new SchemaFile(List.copyOf(tables));
  }

  private static Table table(String name, String lines) {
    List<Column> columns = new ArrayList<>();
    List<Key> keys = new ArrayList<>();
    for (String line : lines.split(",?\n")) {
      String text = line.strip();
      Matcher key = KEY.matcher(text);
      Matcher column = COLUMN.matcher(text);
      if (key.matches()) {
        keys.add(new Key(key.group(1), key.group(2)));
      } else if (column.matches()) {
        columns.add(
            new Column(
                column.group(1),
                text.substring(column.end(1) + 1),
                column.group(2),
                column.group(3) == null ? 0 : Integer.parseInt(column.group(3)),
                Optional.ofNullable(column.group(4)),
                Optional.ofNullable(column.group(5)),
                column.group(6) == null));
      } else {
        throw new IllegalStateException("not a column or a key: " + text);
      }
    }
    return new Table(name, List.copyOf(columns), List.copyOf(keys));
  }
}
