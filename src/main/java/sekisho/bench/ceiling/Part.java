package sekisho.bench.ceiling;

import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The parts of the benchmark, which can be run apart. */
enum Part {
  /** {@code GET /} against the ceiling and nginx. */
  TOP,
  /** Failing logins against the ceiling, and their CPU time. */
  FAIL,
  /** Right logins and the member page against the ceiling. */
  LOGIN,
  /** Latency at half of the highest rate. */
  LATENCY,
  /** Resident memory after full load. */
  MEMORY,
  /** From the start of the Java machine until ready, and memory for each user. */
  START,
  /** {@code make init}. */
  INIT;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Parts are typed in lower case. */
  static final class Converter implements ITypeConverter<Part> {
    @Override
    public Part convert(String name) {
      for (Part part : values()) {
        if (part.toString().equals(name)) {
          return part;
        }
      }
      throw new TypeConversionException(
          "expected some of "
              + Arrays.toString(values()).replaceAll("[\\[\\]]", "")
              + ", but was '"
              + name
              + "'");
    }
  }
}
