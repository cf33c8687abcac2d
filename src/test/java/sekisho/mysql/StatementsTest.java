package sekisho.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatementsTest {

  @Test
  void commentsAreLeftOut() {
    assertThat(Statements.statement("lock_state.sql"))
        .isEqualTo(
            "SELECT watermark, counted, generation, format FROM service_state WHERE id = 1 FOR UPDATE");
  }

  @Test
  void aFileIsSplitAtSemicolonsAtTheEndOfALine() {
    assertThat(Statements.statements("recovery/empty_state_tables.sql"))
        .containsExactly(
            "DELETE FROM address_failures", "DELETE FROM user_failures", "DELETE FROM last_logins");
  }

  @Test
  void theSchemaIsSplitIntoItsTablesWithTheCommentsThatServersRead() {
    List<String> statements = Statements.statements("schema.sql");
    assertThat(statements)
        .hasSize(8)
        .allMatch(
            table -> table.matches("(?s)CREATE TABLE IF NOT EXISTS \\w+ \\(.*\\) ENGINE=InnoDB.*"))
        .noneMatch(table -> table.contains(";"));
    assertThat(statements.get(0))
        .contains("/*M! COLLATE=utf8mb4_nopad_bin */")
        .contains("hex SHA-256 of password:salt");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> Statements.statement("nothing.sql"))
        .hasMessage("sql/nothing.sql is not in the jar");
  }
}
