package sekisho.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

  private static String json(Report report) {
    try {
      return new ObjectMapper().writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void emptyListsAreLists() {
    assertThat(json(new Report(List.of(), List.of())))
        .isEqualTo("{\"banned_ips\":[],\"locked_users\":[]}");
  }

  @Test
  void listsAreSortedAndWithoutDuplicates() {
    assertThat(
            json(
                new Report(
                    List.of("192.0.2.9", "192.0.2.10", "192.0.2.9"),
                    List.of("b", "関", "B", "a", "b"))))
        .isEqualTo(
            "{\"banned_ips\":[\"192.0.2.10\",\"192.0.2.9\"],\"locked_users\":[\"B\",\"a\",\"b\",\"関\"]}");
  }

  @Test
  void namesAreEscaped() {
    assertThat(json(new Report(List.of(), List.of("\"\\\n")))).endsWith("[\"\\\"\\\\\\n\"]}");
  }
}
