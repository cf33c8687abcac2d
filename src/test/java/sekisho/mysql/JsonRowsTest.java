package sekisho.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonRowsTest {

  private static final int REST = 512;

  private static List<JsonRows.Parameter<String>> parameters(
      List<String> items, int most, long bytes) {
    List<JsonRows.Parameter<String>> parameters = new ArrayList<>();
    JsonRows.forEach(
        items, (json, item) -> json.writeString(item), most, REST + bytes, parameters::add);
    return parameters;
  }

  private static List<String> texts(List<JsonRows.Parameter<String>> parameters) {
    return parameters.stream().map(JsonRows.Parameter::json).toList();
  }

  @Test
  void rowsStandInOneArray() {
    assertThat(texts(parameters(List.of("a", "\"\t関😀", ""), 10, 1000)))
        .containsExactly("[\"a\",\"\\\"\\t関😀\",\"\"]");
    assertThat(parameters(List.of(), 10, 1000)).isEmpty();
  }

  @Test
  void aParameterHasNoMoreRowsThanAllowed() {
    assertThat(texts(parameters(List.of("a", "b", "c", "d", "e"), 2, 1000)))
        .containsExactly("[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"e\"]");
    assertThat(texts(parameters(List.of("a", "b"), 1, 1000))).containsExactly("[\"a\"]", "[\"b\"]");
  }

  @Test
  void aParameterIsNoLongerThanAllowed() {
    List<String> items = new ArrayList<>();
    List.of("😀", "関", "é", "a\n")
        .forEach(letter -> items.addAll(Collections.nCopies(7, letter.repeat(13))));
    for (int bytes = 90; bytes < 400; bytes++) {
      List<JsonRows.Parameter<String>> parameters = parameters(items, 100, bytes);
      assertThat(parameters).allMatch(JsonRows.Parameter::fits);
      assertThat(parameters.stream().flatMap(parameter -> parameter.items().stream()).toList())
          .isEqualTo(items);
      for (String text : texts(parameters)) {
        assertThat(text.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(bytes);
      }
    }
  }

  @Test
  void aRowThatIsTooLongStandsAlone() {
    List<JsonRows.Parameter<String>> parameters =
        parameters(List.of("a", "x".repeat(100), "b", "c"), 100, 50);
    assertThat(parameters.stream().map(JsonRows.Parameter::items).toList())
        .containsExactly(List.of("a"), List.of("x".repeat(100)), List.of("b", "c"));
    assertThat(parameters.stream().map(JsonRows.Parameter::fits).toList())
        .containsExactly(true, false, true);
    assertThat(parameters.get(2).json()).isEqualTo("[\"b\",\"c\"]");
  }
}
