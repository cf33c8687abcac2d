package sekisho.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sekisho.verify.Fact.Source;
import sekisho.verify.Fact.Subject;

class ExternalSortTest {

  @TempDir Path directory;

  private final Random random = new Random(7);

  private Fact fact() {
    return new Fact(
        Subject.values()[random.nextInt(Subject.values().length)],
        text(),
        random.nextInt(20),
        Source.values()[random.nextInt(Source.values().length)],
        random.nextLong(),
        text());
  }

  private String text() {
    return List.of("", "a", "b", "10", "9", "関所 😀", "x".repeat(70_000))
        .get(random.nextInt(random.nextInt(50) == 0 ? 7 : 6));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 100000, 2, nothing at all",
    "500, 10000000, 2, what the buffer holds",
    "500, 1, 2, runs of one fact and merges of two runs",
    "5000, 4000, 3, several levels of merged runs",
    "5000, 4000, 128, one merge of many runs"
  })
  void givesAllFactsInTheirOrder(int count, int bufferBytes, int maxRuns, String what) {
    List<Fact> expected = new ArrayList<>();
    List<Fact> sorted = new ArrayList<>();
    try (ExternalSort sort = new ExternalSort(directory, bufferBytes, maxRuns)) {
      for (int i = 0; i < count; i++) {
        Fact fact = fact();
        expected.add(fact);
        sort.add(fact);
      }
      sort.forEach(sorted::add);
      assertThat(directory).as("names of files").isEmptyDirectory();
    }
    assertThat(sorted).as(what).isSorted().containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void aDirectoryThatCannotBeUsedIsNamed() {
    try (ExternalSort sort = new ExternalSort(directory.resolve("none"), 1, 2)) {
      assertThatThrownBy(() -> sort.add(fact()))
          .hasMessageContaining("cannot use a temporary file in " + directory + "/none (");
    }
  }

  @Test
  void usersComeInTheOrderOfTheirNumbers() {
    List<String> keys = new ArrayList<>();
    try (ExternalSort sort = new ExternalSort()) {
      for (String key : List.of("10", "9", "100", "2")) {
        sort.add(new Fact(Subject.USER, key, 1, Source.LOG, 0, ""));
        sort.add(new Fact(Subject.ADDRESS, key, 1, Source.LOG, 0, ""));
      }
      sort.forEach(fact -> keys.add(fact.key()));
    }
    assertThat(keys).containsExactly("10", "100", "2", "9", "2", "9", "10", "100");
  }
}
