package sekisho.flush;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Which addresses and users occur in a run of the log: a Bloom filter that says "no" for sure and
 * "yes" wrongly for at most some per cent of the others. MySQL tests it, in {@code
 * runs_with_subject}. Not thread-safe.
 *
 * <p>Its bits are a power of two, and a position is taken modulo that. So the filter of a run in
 * which few occur is folded, half upon half, as long as it stays three quarters empty.
 */
final class SubjectFilter {

  /** Bits that one subject sets; the statement has as many conditions. */
  static final int POSITIONS = 5;

  /** For 32,768 subjects, an address and a user for each attempt of a run: 2 % wrong answers. */
  private static final int MOST_BITS = 1 << 18;

  private static final int FEWEST_BITS = 1 << 9;
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final BitSet bits = new BitSet(MOST_BITS);

  /**
   * Where the bits of a subject are, before the modulo.
   *
   * @param subject a canonical address, or the decimal id of a user: neither looks like the other
   * @return as many numbers as {@link #POSITIONS}, not negative
   */
  static int[] positions(String subject) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < subject.length(); i++) {
      hash = (hash ^ subject.charAt(i)) * FNV_PRIME;
    }
    // The lowest bits of FNV-1a depend on the lowest bits of each character alone.
    hash = (hash ^ hash >>> 32) * 0x9e3779b97f4a7c15L;
    int step = (int) hash | 1;
    int position = (int) (hash >>> 32);
    int[] positions = new int[POSITIONS];
    for (int i = 0; i < POSITIONS; i++) {
      positions[i] = position & Integer.MAX_VALUE;
      position += step;
    }
    return positions;
  }

  /** Adds a subject. */
  void add(String subject) {
    for (int position : positions(subject)) {
      bits.set(position & MOST_BITS - 1);
    }
  }

  /** The filter as MySQL keeps it: bit n is bit n mod 8 of byte n / 8. */
  byte[] bytes() {
    BitSet folded = bits;
    int size = MOST_BITS;
    while (size > FEWEST_BITS && folded.cardinality() <= size / 8) {
      size /= 2;
      BitSet upper = folded.get(size, 2 * size);
      folded = folded.get(0, size);
      folded.or(upper);
    }
    return Arrays.copyOf(folded.toByteArray(), size / 8);
  }
}
