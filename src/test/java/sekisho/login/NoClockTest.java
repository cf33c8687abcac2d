package sekisho.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What decides, counts and records attempts asks this machine for no time of day: an attempt's time
 * is the one that Redis told within the decision. So a clock that jumps changes no decision and no
 * row. Reads the methods that the compiled classes name.
 */
class NoClockTest {

  private static final Path CLASSES =
      Path.of(System.getProperty("sekisho.classes", "target/classes"), "sekisho");
  private static final List<String> CLOCKS =
      List.of(
          "java/lang/System.currentTimeMillis",
          "java/time/Clock.",
          "java/time/InstantSource.",
          "java/time/Instant.now",
          "java/time/LocalDateTime.now",
          "java/time/LocalDate.now",
          "java/time/ZonedDateTime.now",
          "java/time/OffsetDateTime.now",
          "java/util/Date.<init>",
          "java/util/Calendar.");

  @ParameterizedTest
  @ValueSource(strings = {"login", "redis", "report", "recovery", "mysql", "user"})
  void noDecisionAsksForTheTime(String part) throws IOException {
    assertThat(clocksIn(part)).filteredOn(use -> !use.startsWith("InMemoryAttemptStore")).isEmpty();
  }

  @Test
  void aUseOfAClockWouldBeSeen() throws IOException {
    assertThat(clocksIn("login"))
        .as("the model of the rules is given a clock")
        .contains("InMemoryAttemptStore.class calls java/time/Clock.instant");
    assertThat(clocksIn("http"))
        .as("sessions end")
        .anyMatch(use -> use.startsWith("SessionCodec.class"));
  }

  private static List<String> clocksIn(String part) throws IOException {
    List<String> uses = new ArrayList<>();
    try (Stream<Path> files = Files.walk(CLASSES.resolve(part))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
        for (String method : methodsNamedIn(Files.readAllBytes(file))) {
          if (CLOCKS.stream().anyMatch(method::startsWith)) {
            uses.add(file.getFileName() + " calls " + method);
          }
        }
      }
    }
    return uses;
  }

  /**
   * The methods of a class file's constant pool (Java Virtual Machine Specification, section 4.4),
   * as class.name.
   */
  private static List<String> methodsNamedIn(byte[] classFile) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(classFile));
    in.skipNBytes(8);
    int count = in.readUnsignedShort();
    String[] texts = new String[count];
    int[] first = new int[count];
    int[] second = new int[count];
    List<Integer> methods = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case 1 -> texts[i] = in.readUTF();
        case 3, 4 -> in.skipNBytes(4);
        case 5, 6 -> {
          in.skipNBytes(8);
          i++; // takes two places
        }
        case 7, 8, 16, 19, 20 -> first[i] = in.readUnsignedShort();
        case 15 -> in.skipNBytes(3);
        default -> {
          first[i] = in.readUnsignedShort();
          second[i] = in.readUnsignedShort();
          if (tag == 10 || tag == 11) {
            methods.add(i);
          }
        }
      }
    }
    return methods.stream()
        .map(i -> texts[first[first[i]]] + "." + texts[first[second[i]]])
        .toList();
  }
}
