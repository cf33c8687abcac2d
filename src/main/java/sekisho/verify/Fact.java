package sekisho.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import sekisho.login.CounterChange;

/**
 * One thing that {@link Verification} read about one address, user or name, with the number of the
 * attempt as of which it is true. Sorted, the facts about a key are its history: what the log
 * changes, and in between what was found elsewhere at that time.
 *
 * @param subject what the key is
 * @param key the canonical address, the decimal user id, or the name
 * @param number the attempt as of which it is true: all up to this one are counted in it, and none
 *     after it
 * @param source where it was read
 * @param value failures; of {@link Source#LOG} the change, a {@link CounterChange}; else 0
 * @param text last logins in the form of {@link sekisho.redis.LastLoginsValue}, the value found in
 *     Redis, or a user's name; else empty
 */
record Fact(Subject subject, String key, long number, Source source, long value, String text)
    implements Comparable<Fact> {

  private static final Subject[] SUBJECTS = Subject.values();
  private static final Source[] SOURCES = Source.values();

  /** A rough upper limit for the objects of a fact without their characters. */
  private static final int OBJECT_BYTES = 160;

  /** What a key is. */
  enum Subject {
    ADDRESS,
    USER,
    NAME
  }

  /**
   * Where a fact was read. What the log says comes first, so that what others say as of the same
   * attempt is compared with it.
   */
  enum Source {
    /** One attempt, or several folded. */
    LOG,
    FAILURES_TABLE,
    LOGINS_TABLE,
    /** The name of a user, in the table of users. */
    USERS_TABLE,
    /** One of the lists of the report. */
    REPORT,
    /** What the report must list. */
    EXPECTED_REPORT,
    REDIS_FAILURES,
    REDIS_LOGINS
  }

  /** The last logins after further ones; each may be empty. */
  static String logins(String known, String newer) {
    if (newer.isEmpty() || known.isEmpty()) {
      return newer + known;
    }
    int time = newer.indexOf(' ');
    boolean hasTwo = newer.indexOf(' ', time + 1) >= 0;
    if (hasTwo) {
      return newer;
    }
    int end = known.indexOf(' ', known.indexOf(' ') + 1);
    return newer + " " + (end < 0 ? known : known.substring(0, end));
  }

  /** Whether both are about the same address, user or name. */
  boolean isAboutTheSameAs(Fact other) {
    return subject == other.subject && key.equals(other.key);
  }

  /** How much memory the fact takes, at most. */
  int bytes() {
    return OBJECT_BYTES + 2 * (key.length() + text.length());
  }

  /** Written out, as millions of facts are compared dozens of times each. */
  @Override
  public int compareTo(Fact other) {
    int order = subject.compareTo(other.subject);
    if (order == 0 && subject == Subject.USER) {
      // User ids in the order of numbers, though in Redis a field may be any text.
      order = Integer.compare(key.length(), other.key.length());
    }
    if (order == 0) {
      order = key.compareTo(other.key);
    }
    if (order == 0) {
      order = Long.compare(number, other.number);
    }
    return order != 0 ? order : source.compareTo(other.source);
  }

  /** Writes the fact for {@link #read}. */
  void write(DataOutput out) throws IOException {
    out.writeByte(subject.ordinal());
    out.writeByte(source.ordinal());
    out.writeLong(number);
    out.writeLong(value);
    write(out, key);
    write(out, text);
  }

  /** Reads what {@link #write} wrote. */
  static Fact read(DataInput in) throws IOException {
    Subject subject = SUBJECTS[in.readByte()];
    Source source = SOURCES[in.readByte()];
    long number = in.readLong();
    long value = in.readLong();
    return new Fact(subject, text(in), number, source, value, text(in));
  }

  private static void write(DataOutput out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInput in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
