package sekisho.faults;

import java.util.ArrayList;
import java.util.List;
import sekisho.testing.gate.Command;

/** What a service moves between the stores, as gates before both see it. Thread-safe. */
final class FlushTraffic {

  private static final int RANGE_WORDS = 4;

  private final List<LogFile> files = new ArrayList<>();
  private long largestStatement;
  private long longestRead;

  /**
   * The file of a LOAD DATA LOCAL.
   *
   * @param first the number of its first attempt
   * @param bytes its size
   */
  record LogFile(long first, long bytes) {}

  /** Looks at a command to MySQL. */
  synchronized void toMySql(Command command) {
    if (Character.isDigit(command.text().charAt(0))) {
      long first = Long.parseLong(command.text().substring(0, command.text().indexOf('\t')));
      files.add(new LogFile(first, command.bytes()));
    } else {
      largestStatement = Math.max(largestStatement, command.bytes());
    }
  }

  /** Looks at a command to Redis. */
  synchronized void toRedis(Command command) {
    String[] words = command.text().split(" ");
    if (words[0].equalsIgnoreCase("LRANGE") && words.length == RANGE_WORDS) {
      long from = Long.parseLong(words[2]);
      long to = Long.parseLong(words[3]);
      // From somewhere to the end of a list: as long as the list.
      boolean open = from >= 0 && to < 0;
      longestRead = Math.max(longestRead, open ? Long.MAX_VALUE : to - from + 1);
    }
  }

  /** The files since this was asked before, in their order. */
  synchronized List<LogFile> takeFiles() {
    List<LogFile> taken = List.copyOf(files);
    files.clear();
    return taken;
  }

  /** Bytes of the largest statement with its parameters, files aside. */
  synchronized long largestStatement() {
    return largestStatement;
  }

  /** The most rows of a list that were asked for at once. */
  synchronized long longestRead() {
    return longestRead;
  }
}
