package sekisho.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.mysqlclient.MySQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sekisho.mysql.DatabaseException.ServerErrors;

class ServerErrorsTest {

  @ParameterizedTest
  @CsvSource({
    "1366, 22007",
    "1366, HY000",
    "1406, 22001",
    "1264, 22003",
    "1292, 22007",
    "1048, 23000",
    "1062, 23000",
    "1452, 23000",
    "4025, 23000",
    "3819, HY000",
    "1644, 45000",
    "1644, 12345",
    "30001, 45000",
    "1526, HY000",
    "1265, 01000",
    "1364, HY000"
  })
  void someErrorsAreThoseOfARow(int code, String state) {
    MySQLException error = new MySQLException("no", code, state);
    assertThat(ServerErrors.concernsRow(error)).isTrue();
    assertThat(ServerErrors.endsSession(error)).isFalse();
  }

  /** Locks, disk, memory, tables, rights, statements, and whatever is not known. */
  @ParameterizedTest
  @CsvSource({
    "1205, HY000",
    "1213, 40001",
    "1021, HY000",
    "1114, HY000",
    "1037, HY001",
    "1041, HY000",
    "1030, HY000",
    "1146, 42S02",
    "1054, 42S22",
    "1142, 42000",
    "1064, 42000",
    "1317, 70100",
    "1969, 70100",
    "3024, HY000",
    "1020, HY000",
    "9999, HY000",
    "1052, 23000",
    "9999,"
  })
  void othersAreThoseOfTheServer(int code, String state) {
    MySQLException error = new MySQLException("no", code, state);
    assertThat(ServerErrors.concernsRow(error)).isFalse();
    assertThat(ServerErrors.endsSession(error)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "1290, HY000",
    "1792, 25006",
    "1836, HY000",
    "1874, HY000",
    "1036, HY000",
    "1053, 08S01",
    "1927, 70100",
    "3168, HY000",
    "3169, HY000",
    "1047, 08S01",
    "1153, 08S01",
    "1158, 08S01",
    "3032, HY000",
    "4031, HY000"
  })
  void someEndASession(int code, String state) {
    MySQLException error = new MySQLException("no", code, state);
    assertThat(ServerErrors.endsSession(error)).isTrue();
    assertThat(ServerErrors.concernsRow(error)).isFalse();
  }
}
