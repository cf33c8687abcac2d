package sekisho.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Makes new inputs of old ones: flips, cuts, repeats, joins, and puts in what parsers stumble over.
 * The same seed makes the same inputs.
 */
final class Mutator {

  private static final int LONGEST = 20_000;
  private static final byte[] AWKWARD = {
    0,
    1,
    9,
    10,
    11,
    12,
    13,
    32,
    '%',
    '&',
    '=',
    '+',
    ';',
    ':',
    ',',
    '.',
    '/',
    '"',
    '-',
    '0',
    '9',
    'g',
    0x7f,
    (byte) 0x80,
    (byte) 0xa0,
    (byte) 0xc0,
    (byte) 0xed,
    (byte) 0xf4,
    (byte) 0xff
  };

  private final Random random;
  private final List<byte[]> corpus;
  private final List<byte[]> words;

  Mutator(long seed, List<byte[]> corpus, List<String> words) {
    this.random = new Random(seed);
    this.corpus = corpus;
    this.words = words.stream().map(word -> word.getBytes(StandardCharsets.ISO_8859_1)).toList();
  }

  /** The next input. */
  byte[] next() {
    byte[] input = pick(corpus).clone();
    for (int n = 1 + random.nextInt(5); n > 0; n--) {
      input = mutate(input);
    }
    return input.length > LONGEST ? Arrays.copyOf(input, LONGEST) : input;
  }

  private byte[] mutate(byte[] input) {
    int from = random.nextInt(input.length + 1);
    int to = Math.min(input.length, from + random.nextInt(1 + random.nextInt(64)));
    return switch (random.nextInt(9)) {
      case 0 -> flipped(input, from);
      case 1 -> replaced(input, from, to, new byte[0]);
      case 2 -> replaced(input, from, from, pick(words));
      case 3 -> replaced(input, from, to, pick(words));
      case 4 -> replaced(input, to, to, Arrays.copyOfRange(input, from, to));
      case 5 -> replaced(input, from, input.length, tail(pick(corpus)));
      case 6 ->
          replaced(
              input,
              from,
              Math.min(input.length, from + 1),
              new byte[] {AWKWARD[random.nextInt(AWKWARD.length)]});
      case 7 -> replaced(input, from, from, new byte[] {AWKWARD[random.nextInt(AWKWARD.length)]});
      default -> repeated(input, from, to);
    };
  }

  private byte[] flipped(byte[] input, int at) {
    if (at < input.length) {
      input[at] ^= (byte) (1 << random.nextInt(8));
    }
    return input;
  }

  private byte[] repeated(byte[] input, int from, int to) {
    byte[] part = Arrays.copyOfRange(input, from, to);
    byte[] many = part;
    for (int n = random.nextInt(8); n > 0 && many.length < LONGEST / 2; n--) {
      many = replaced(many, 0, 0, random.nextInt(40) == 0 ? many : part);
    }
    return replaced(input, from, from, many);
  }

  private byte[] tail(byte[] input) {
    return Arrays.copyOfRange(input, random.nextInt(input.length + 1), input.length);
  }

  private static byte[] replaced(byte[] input, int from, int to, byte[] by) {
    byte[] result = new byte[input.length - (to - from) + by.length];
    System.arraycopy(input, 0, result, 0, from);
    System.arraycopy(by, 0, result, from, by.length);
    System.arraycopy(input, to, result, from + by.length, input.length - to);
    return result;
  }

  private byte[] pick(List<byte[]> from) {
    return from.get(random.nextInt(from.size()));
  }
}
