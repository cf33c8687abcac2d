package sekisho.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import sekisho.login.RecordedAttempt;
import sekisho.login.StoreUnavailableException;

/**
 * The newest attempts that this process answered, so that they can be given back to a Redis that lost them: with {@code
 * appendfsync everysec} a killed Redis forgets what it had not yet written while the disk was busy, and an older copy that is put
 * in its place lacks more. Thread-safe.
 *
 * <p>They lie in one block of bytes, oldest first, and new ones overwrite the oldest: objects that live for seconds at tens
 * of thousands a second would keep the garbage collector busy.
 */
public final class RecentAttempts {

  private static final int SEQUENCE = Integer.BYTES;
  private static final int MILLIS = SEQUENCE + Long.BYTES;
  private static final int SUCCEEDED = MILLIS + Long.BYTES;
  private static final int END = SUCCEEDED + 1;

  private final int capacity;
  private ByteBuffer ring = ByteBuffer.allocate(0);
  private String history = "";
  /** The generation of the last admission, and the highest number that was answered under it. */
  private String generation = "";
  private long highest;
  /** Where the oldest entry begins and where the next one goes: behind the oldest one, or before it once the ring wrapped. */
  private int head;
  private int next;
  /** Where the entries end that lie behind the oldest one, once the ring wrapped. */
  private int wrap;
  private int size;
  private long forgotten;
  /** Calls whose answer is not known yet. */
  private int underWay;

  /**
   * Makes an empty memory, which takes its bytes when the first attempt comes.
   *
   * @param capacity in bytes, 0 for none; an attempt takes about 60
   */
  public RecentAttempts(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Tells which history the attempts belong to; those of another one are forgotten, and refused from now on.
   *
   * @param newHistory see {@link sekisho.mysql.ServiceState#history}
   */
  public synchronized void belongTo(String newHistory) {
    if (!newHistory.equals(history)) {
      history = newHistory;
      head = 0;
      next = 0;
      size = 0;
      forgotten = 0;
    }
  }

  /** Tells the generation that attempts are accepted under from now on. */
  synchronized void admitted(String newGeneration) {
    if (!newGeneration.equals(generation)) {
      generation = newGeneration;
      highest = 0;
    }
  }

  /** The highest number that this process answered under a generation, 0 for none: in another one numbers have another meaning. */
  synchronized long highest(String ofGeneration) {
    return ofGeneration.equals(generation) ? highest : 0;
  }

  /** Tells that a call is about to be sent; {@link #ended} follows, after {@link #add} if it was answered. */
  synchronized void sending() {
    underWay++;
  }

  /** Remembers the attempts of one call, whose queue rows end so, given under a generation. */
  synchronized void add(String sentUnder, DecideCall.Reply reply, List<byte[]> rowEnds) {
    if (sentUnder.equals(generation)) {
      highest = Math.max(highest, reply.firstSequence() + rowEnds.size() - 1);
    }
    if (sentUnder.startsWith(history)) {
      for (int i = 0; i < rowEnds.size(); i++) {
        add(reply.firstSequence() + i, reply.millis(), reply.succeeded(i), rowEnds.get(i));
      }
    }
  }

  /** Tells that the answer to a call is known, or that there will be none. */
  synchronized void ended() {
    underWay--;
    notifyAll();
  }

  /**
   * Waits until the answers to all calls are known, so that nothing is missing here that was answered. For who has shut the
   * door: what is sent from then on is refused.
   *
   * @param limit how long to wait
   * @throws StoreUnavailableException when they are not known in time, or when the thread is interrupted
   */
  public synchronized void awaitAnswers(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (underWay > 0) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new StoreUnavailableException("attempts are still under way to Redis");
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoreUnavailableException("the service is ending");
      }
    }
  }

  /**
   * The attempts remembered.
   *
   * @return a copy, in the order of their numbers
   */
  public List<RecordedAttempt> all() {
    ByteBuffer copy;
    int[] entries;
    // Logins wait meanwhile, so that they are read afterwards.
    synchronized (this) {
      copy = ByteBuffer.wrap(ring.array().clone());
      entries = new int[size];
      for (int i = 0, at = head; i < size; i++, at = after(at)) {
        entries[i] = at;
      }
    }
    List<RecordedAttempt> attempts = new ArrayList<>(entries.length);
    for (int at : entries) {
      attempts.add(read(copy, at));
    }
    attempts.sort(Comparator.comparingLong(RecordedAttempt::sequence));
    return attempts;
  }

  /**
   * The highest number of an attempt that was answered and is not remembered any more.
   *
   * @return the number, 0 when nothing was forgotten
   */
  public synchronized long forgotten() {
    return forgotten;
  }

  /**
   * Gives attempts other numbers.
   *
   * @param numbers the new number by the one remembered
   */
  public synchronized void renumber(Map<Long, Long> numbers) {
    int at = head;
    for (int i = 0; i < size; i++) {
      Long number = numbers.get(ring.getLong(at + SEQUENCE));
      if (number != null) {
        ring.putLong(at + SEQUENCE, number);
      }
      at = after(at);
    }
  }

  private void add(long sequence, long millis, boolean succeeded, byte[] rowEnd) {
    int length = END + rowEnd.length;
    if (length > capacity) {
      forgotten = Math.max(forgotten, sequence);
      return;
    }
    if (ring.capacity() == 0) {
      ring = ByteBuffer.allocate(capacity);
    }
    if (next + length > capacity) {
      forgetUpTo(capacity);
      wrap = next;
      next = 0;
    }
    forgetUpTo(next + length);
    ring.putInt(next, length)
        .putLong(next + SEQUENCE, sequence)
        .putLong(next + MILLIS, millis)
        .put(next + SUCCEEDED, (byte) (succeeded ? 1 : 0))
        .put(next + END, rowEnd);
    next += length;
    size++;
  }

  /** Forgets the entries in the way of what is written up to an offset. */
  private void forgetUpTo(int offset) {
    while (size > 0 && head >= next && head < offset) {
      forgotten = Math.max(forgotten, ring.getLong(head + SEQUENCE));
      head = after(head);
      size--;
    }
    if (size == 0) {
      head = next;
    }
  }

  private int after(int at) {
    int end = at + ring.getInt(at);
    return head >= next && end == wrap ? 0 : end;
  }

  private static RecordedAttempt read(ByteBuffer ring, int at) {
    byte[] end = new byte[ring.getInt(at) - END];
    ring.get(at + END, end);
    String row = ring.getLong(at + SEQUENCE) + "\t" + ring.getLong(at + MILLIS) + "\t" + ring.get(at + SUCCEEDED) + "\t"
        + new String(end, StandardCharsets.UTF_8);
    try {
      return QueueRow.parse(row.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedRowException e) {
      throw new IllegalStateException("an attempt of this process " + e.getMessage(), e);
    }
  }
}
