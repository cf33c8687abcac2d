package sekisho.mysql;

import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Sets up a new session by {@code sql/connection.sql}, so that statements mean the same on every
 * server. The settings of one variable each are sent together, without those that the server does
 * not know. Immutable.
 */
final class ConnectionSetup {

  private static final String SERVER_VARIABLES =
      Statements.statement("connection/server_variables");
  private static final String MARK = Statements.statement("connection/mark_session");
  private static final List<String> STATEMENTS = Statements.statements("connection/open_session");
  private static final Pattern VARIABLE = Pattern.compile("SET SESSION (\\w+) = .*");
  private static final List<String> READ_ONLY = List.of("read_only", "innodb_read_only");

  /** Each statement of the service fits, with the longest row. */
  private static final long LEAST_PACKET = 4096;

  private final String lockSeconds;
  private final String idleSeconds;

  /**
   * @param lockWait how long the server lets a statement wait for a lock
   */
  ConnectionSetup(Duration lockWait, Duration longestSilence) {
    this.lockSeconds = Long.toString(lockWait.toSeconds());
    this.idleSeconds = Long.toString(longestSilence.toSeconds());
  }

  /**
   * Sets up a session that is connected.
   *
   * @param limit how long each statement may take
   * @return {@code max_allowed_packet} of the session, in bytes
   * @throws DatabaseException when the server can't be used, or is read-only
   */
  long apply(PooledConnection session, Duration limit) {
    for (String statement : STATEMENTS) {
      if (!VARIABLE.matcher(statement).matches()) {
        session.text(limit, statement);
      }
    }
    Map<String, String> variables = variables(session, limit);
    session.text(
        limit,
        STATEMENTS.stream()
            .map(VARIABLE::matcher)
            .filter(Matcher::matches)
            .filter(setting -> variables.containsKey(setting.group(1)))
            .map(
                setting ->
                    setting
                        .group()
                        .replaceFirst("^SET ", "")
                        .replace(":lock", lockSeconds)
                        .replace(":idle", idleSeconds))
            .collect(Collectors.joining(", ", "SET ", "")));
    READ_ONLY.forEach(name -> requireWritable(session, name, variables.getOrDefault(name, "")));
    session.query(limit, MARK, session.mark());
    long maxPacket = Long.parseLong(variables.get("max_allowed_packet"));
    if (maxPacket < LEAST_PACKET) {
      throw new DatabaseException(
          "max_allowed_packet of MySQL is "
              + maxPacket
              + " bytes: set it to "
              + LEAST_PACKET
              + " or more, better to 16M",
          null);
    }
    return maxPacket;
  }

  /**
   * Refuses a server that takes no writes.
   *
   * @param session the session, which must not be used any more then
   * @param name the variable
   * @param value its value, empty where the server does not have it
   */
  static void requireWritable(PooledConnection session, String name, String value) {
    if (!value.isEmpty() && !value.equals("0") && !value.equalsIgnoreCase("OFF")) {
      session.retire();
      throw new DatabaseException(
          "MySQL is read-only ("
              + name
              + "="
              + value
              + "): point sekisho.mysql.url to the server that takes writes, or run SET GLOBAL "
              + name
              + "=OFF there",
          null);
    }
  }

  private static Map<String, String> variables(PooledConnection session, Duration limit) {
    Map<String, String> variables = new HashMap<>();
    for (Row row : session.text(limit, SERVER_VARIABLES)) {
      variables.put(row.getString(0), row.getString(1));
    }
    return variables;
  }
}
