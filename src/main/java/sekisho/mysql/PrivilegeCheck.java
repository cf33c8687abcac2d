package sekisho.mysql;

import io.vertx.mysqlclient.MySQLException;
import java.util.List;
import sekisho.mysql.DatabaseException.ServerErrors;

/**
 * Finds out whether the account may do all that the service does, before one of its statements is
 * refused in the middle of something.
 */
final class PrivilegeCheck {

  private static final List<String> STATEMENTS = Statements.statements("connection/check_rights");

  private PrivilegeCheck() {}

  /**
   * Uses each right without effect.
   *
   * @throws DatabaseException when a right is missing; its message names the right and the table
   */
  static void require(Database database) {
    for (String statement : STATEMENTS) {
      try {
        database.query(statement);
      } catch (DatabaseException e) {
        if (!(e.getCause() instanceof MySQLException refused)
            || ServerErrors.deniesRight(refused)) {
          throw e;
        }
        // A table or a column that is not there is a matter of the schema.
      }
    }
  }
}
