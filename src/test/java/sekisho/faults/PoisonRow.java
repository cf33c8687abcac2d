package sekisho.faults;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A row that is no attempt.
 *
 * @param kind what is wrong with it
 * @param bytes the row; no two are the same, and each has {@link #MARK} in it
 */
record PoisonRow(Kind kind, byte[] bytes) {

  /** No attempt of the load has this in its name. */
  static final String MARK = "poison";

  private static final int MEGABYTES = 17 * 1024 * 1024;
  private static final int LONGEST_NAME = 255;

  /** What may be wrong with a row, and how the service says so. */
  enum Kind {
    MANY_MEGABYTES("has 1 fields instead of 6"),
    ONE_FIELD("has 1 fields instead of 6"),
    FIVE_FIELDS("has 5 fields instead of 6"),
    NOT_UTF_8("is not UTF-8"),
    NUL("has no valid sequence number"),
    NEGATIVE_NUMBER("has no valid sequence number"),
    LONG_NAME("has a name of over 255 characters"),
    NO_ADDRESS("has no valid address"),
    NUMBER_NEVER_GIVEN_OUT("has a sequence number that was never given out"),
    NUMBER_OF_A_LOGGED_ATTEMPT("is not the attempt that the log has under its number"),
    NUMBER_OF_A_LOGGED_ACT("is not the attempt that the log has under its number"),
    NUMBER_OF_A_QUEUED_ATTEMPT("is not the attempt that the log has under its number");

    private final String reason;

    Kind(String reason) {
      this.reason = reason;
    }

    /**
     * Whether it begins with the number of an attempt, of which nobody can tell at a glance that it
     * is not that attempt.
     */
    boolean looksLikeAnAttempt() {
      return this == NUMBER_OF_A_LOGGED_ATTEMPT
          || this == NUMBER_OF_A_LOGGED_ACT
          || this == NUMBER_OF_A_QUEUED_ATTEMPT;
    }

    private String text(String name, long number) {
      return switch (this) {
        case MANY_MEGABYTES, ONE_FIELD -> name;
        case FIVE_FIELDS -> "x\t1\t0\t" + name + "\t192.0.2.1";
        case NOT_UTF_8 -> "x\t1\t0\t1\t192.0.2.1\t" + name;
        case NUL -> "\0\t1\t0\t1\t192.0.2.1\t" + name;
        case NEGATIVE_NUMBER -> "-5\t1\t0\t1\t192.0.2.1\t" + name;
        case LONG_NAME -> (1L << 52) + "\t1\t0\t1\t192.0.2.1\t" + name + "x".repeat(LONGEST_NAME);
        case NO_ADDRESS -> (1L << 52) + "\t1\t0\t1\t\t" + name;
        case NUMBER_NEVER_GIVEN_OUT -> (1L << 52) + "\t1\t0\t1\t192.0.2.1\t" + name;
        case NUMBER_OF_A_LOGGED_ATTEMPT, NUMBER_OF_A_LOGGED_ACT, NUMBER_OF_A_QUEUED_ATTEMPT ->
            number + "\t1\t0\t1\t192.0.2.1\t" + name;
      };
    }
  }

  /**
   * Makes a row.
   *
   * @param unique another text for each row
   * @param number the number of an attempt
   */
  static PoisonRow of(Kind kind, String unique, long number) {
    byte[] text = kind.text(MARK + "-" + unique, number).getBytes(StandardCharsets.UTF_8);
    byte[] bytes =
        switch (kind) {
          case MANY_MEGABYTES -> Arrays.copyOf(text, MEGABYTES);
          case NOT_UTF_8 -> Arrays.copyOf(text, text.length + 1);
          default -> text;
        };
    if (kind == Kind.NOT_UTF_8) {
      bytes[text.length] = (byte) 0xff;
    }
    return new PoisonRow(kind, bytes);
  }

  /** By which the service names it. */
  String digest() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the service says of it in its log. */
  String logLine() {
    return "row "
        + digest()
        + " of the login queue "
        + kind.reason
        + "; put into the table quarantine";
  }
}
