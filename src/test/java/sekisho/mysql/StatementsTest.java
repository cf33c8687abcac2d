package sekisho.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatementsTest {

  @Test
  void aStatementEndsWhereTheNextOneBegins() {
    assertThat(Statements.statement("users/size")).startsWith("SELECT").doesNotContain("--");
    assertThat(Statements.statement("report/banned_addresses")).doesNotContain("user_failures");
  }

  @Test
  void commentsAreLeftOut() {
    assertThat(Statements.statement("state/lock_state"))
        .isEqualTo(
            "SELECT watermark, counted, pruned, generation, format FROM service_state WHERE id = 1 FOR UPDATE");
  }

  @Test
  void aBlockIsSplitAtSemicolonsAtTheEndOfALine() {
    assertThat(Statements.statements("recovery/empty_state_tables"))
        .containsExactly(
            "DELETE FROM address_failures",
            "DELETE FROM user_failures",
            "DELETE FROM last_logins",
            "DELETE FROM log_filters");
  }

  @Test
  void theSchemaIsSplitIntoItsTablesWithTheCommentsThatServersRead() {
    List<String> statements = Statements.schema();
    assertThat(statements)
        .hasSize(14)
        .allMatch(
            table -> table.matches("(?s)CREATE TABLE IF NOT EXISTS \\w+ \\(.*\\) ENGINE=InnoDB.*"))
        .noneMatch(table -> table.contains(";"));
    assertThat(statements.get(0))
        .contains("/*M! COLLATE=utf8mb4_nopad_bin */")
        .contains("hex SHA-256 of password:salt");
  }

  @Test
  void aFileOrAStatementThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> Statements.statement("nothing/at_all"))
        .hasMessage("sql/nothing.sql is not in the jar");
    assertThatThrownBy(() -> Statements.statement("state/lock"))
        .hasMessage("sql/state.sql does not have \"-- name: lock\" once");
  }
}
