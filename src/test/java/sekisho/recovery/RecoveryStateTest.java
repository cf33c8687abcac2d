package sekisho.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecoveryStateTest {

  private static final Pattern ARROW = Pattern.compile("^  (\\w+) --> (\\w+):", Pattern.MULTILINE);

  @Test
  void pictureAndProgramNameTheSameTransitions() throws IOException {
    Set<String> allowed =
        Stream.of(RecoveryState.values())
            .flatMap(state -> state.next().stream().map(next -> state + " " + next))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> drawn =
        ARROW
            .matcher(Files.readString(Path.of("docs/recovery.md")))
            .results()
            .map(RecoveryStateTest::transition)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(drawn).isEqualTo(allowed);
  }

  private static String transition(MatchResult arrow) {
    return (arrow.group(1) + " " + arrow.group(2)).toUpperCase(Locale.ROOT);
  }
}
