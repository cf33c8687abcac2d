package sekisho.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapRequirementsTest {

  /** What -Xmx512m gives. */
  private static final long HEAP = 495L * 1024 * 1024;

  private static Settings with(String... variables) {
    return SettingsLoader.load(
        Optional.empty(), variables.length == 0 ? Map.of() : Map.of(variables[0], variables[1]));
  }

  @Test
  void theDefaultsFitIntoLittle() {
    assertThatCode(() -> HeapRequirements.check(with(), 124L * 1024 * 1024))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "SEKISHO_REDIS_RECENT_MB,66",
    "SEKISHO_FLUSH_CHUNK,126720",
    "SEKISHO_REDIS_MAX_WAITING,10000000"
  })
  void whatFitsIsTaken(String variable, String value) {
    assertThatCode(() -> HeapRequirements.check(with(variable, value), HEAP))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SEKISHO_REDIS_RECENT_MB | 67     | sekisho.redis.recent-mb=67: attempts that Redis lost would take up to 402 MB of heap, and Java has "
            + "495 MB: set it to 66 or less, or start Java with -Xmx503m or more",
        "SEKISHO_REDIS_RECENT_MB | 600    | sekisho.redis.recent-mb=600: attempts that Redis lost would take up to 3600 MB of heap, and Java "
            + "has 495 MB: set it to 66 or less, or start Java with -Xmx4500m or more",
        "SEKISHO_FLUSH_CHUNK     | 200000 | sekisho.flush.chunk=200000: a flush would take up to 390 MB of heap, and Java has 495 MB: set it "
            + "to 126720 or less, or start Java with -Xmx782m or more"
      })
  void whatDoesNotFitIsRefusedWithWhatWould(String variable, String value, String problem) {
    assertThatThrownBy(() -> HeapRequirements.check(with(variable, value), HEAP))
        .isInstanceOf(StartException.class)
        .hasMessage(problem);
  }

  @Test
  void onlyErrorsOfTheJavaMachineEndTheProcess() {
    assertThat(UncaughtErrors.endsProcess(new OutOfMemoryError())).isTrue();
    assertThat(UncaughtErrors.endsProcess(new InternalError())).isTrue();
    assertThat(UncaughtErrors.endsProcess(new StackOverflowError())).isFalse();
    assertThat(UncaughtErrors.endsProcess(new AssertionError())).isFalse();
    assertThat(UncaughtErrors.endsProcess(new IllegalStateException())).isFalse();
  }
}
