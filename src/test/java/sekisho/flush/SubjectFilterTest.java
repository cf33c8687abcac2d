package sekisho.flush;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SubjectFilterTest {

  /** As MySQL tests it. */
  private static boolean mayHold(byte[] filter, String subject) {
    return IntStream.of(SubjectFilter.positions(subject))
        .map(position -> position & 8 * filter.length - 1)
        .allMatch(bit -> (filter[bit / 8] >> bit % 8 & 1) == 1);
  }

  private static String address(int number) {
    return "10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255);
  }

  private static SubjectFilter of(int addresses, int users) {
    SubjectFilter filter = new SubjectFilter();
    IntStream.range(0, addresses).forEach(number -> filter.add(address(number)));
    IntStream.range(0, users).forEach(id -> filter.add(Integer.toString(id)));
    return filter;
  }

  @Test
  void holdsAllThatWasAddedAndLittleElse() {
    byte[] filter = of(LogFilters.RUN, LogFilters.RUN).bytes();
    assertThat(filter).hasSize(32 * 1024);
    assertThat(IntStream.range(0, LogFilters.RUN))
        .allMatch(number -> mayHold(filter, address(number)))
        .allMatch(id -> mayHold(filter, Integer.toString(id)));
    assertThat(
            IntStream.range(0, 100_000)
                .filter(other -> mayHold(filter, address(LogFilters.RUN + other)))
                .count())
        .isLessThan(4_000);
    assertThat(
            IntStream.range(0, 100_000)
                .filter(
                    other -> mayHold(filter, "2001:db8:" + Integer.toHexString(other) + "::/64"))
                .count())
        .isLessThan(4_000);
  }

  @Test
  void isFoldedWhereFewOccur() {
    for (int addresses : new int[] {0, 1, 2, 100, 1_000}) {
      byte[] filter = of(addresses, 1).bytes();
      assertThat(filter.length)
          .isBetween(64, Math.max(64, 4 * SubjectFilter.POSITIONS * (addresses + 1)));
      assertThat(Integer.bitCount(filter.length)).isEqualTo(1);
      assertThat(IntStream.range(0, addresses))
          .allMatch(number -> mayHold(filter, address(number)));
      assertThat(mayHold(filter, "0")).isTrue();
      assertThat(
              IntStream.range(0, 100_000)
                  .filter(other -> mayHold(filter, address(addresses + other)))
                  .count())
          .isLessThan(1_000);
    }
  }

  @Test
  void positionsStayAsTheyAreStored() {
    assertThat(SubjectFilter.positions("203.0.113.7")).hasSize(SubjectFilter.POSITIONS);
    assertThat(SubjectFilter.positions("203.0.113.7"))
        .as("what is stored was made with these; another hash needs another table")
        .containsExactly(409195459, 51815352, 1841918893, 1484538786, 1127158679);
  }
}
