package sekisho.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import sekisho.login.RecordedAttempt;
import sekisho.login.StoreUnavailableException;

/**
 * The newest attempts that this process answered, so that they can be given back to a Redis that
 * lost them: with {@code appendfsync everysec} a killed Redis forgets what it had not yet written
 * while the disk was busy, and an older copy that is put in its place lacks more. Thread-safe.
 *
 * <p>They lie in blocks of bytes, which are taken as attempts come; when all are in use, the oldest
 * is emptied and used again. Objects that live for seconds at tens of thousands a second would keep
 * the garbage collector busy, and one block for all would have to be copied to be read. Bytes that
 * were written do not change, but for numbers that a repair gives anew.
 */
public final class ReplayBuffer {

  private static final int BLOCK = 256 * 1024;
  private static final int SEQUENCE = Integer.BYTES;
  private static final int MILLIS = SEQUENCE + Long.BYTES;
  private static final int SUCCEEDED = MILLIS + Long.BYTES;
  private static final int END = SUCCEEDED + 1;

  private final int blockSize;
  private final int mostBlocks;

  /** Oldest first. */
  private final ArrayDeque<Block> blocks = new ArrayDeque<>();

  private String history = "";

  /** The epoch of the last admission, and the highest number that was answered under it. */
  private String epoch = "";

  private long highest;
  private long forgotten;

  /** How many attempts were ever added, and how many of them under {@link #epoch}. */
  private long added;

  private long addedUnderEpoch;

  /** Calls whose answer is not known yet. */
  private int underWay;

  /**
   * Some of the attempts, as they were when {@link #parts} was called; those that come later are
   * not among them.
   */
  public static final class Part {

    private final Block block;
    private final int end;

    private Part(Block block, int end) {
      this.block = block;
      this.end = end;
    }

    /**
     * Reads them.
     *
     * @return the attempts in the order in which they were answered on each event loop, some
     *     thousands
     */
    public List<RecordedAttempt> attempts() {
      List<RecordedAttempt> attempts = new ArrayList<>();
      for (int at = 0; at < end; at += block.bytes.getInt(at)) {
        attempts.add(read(block.bytes, at));
      }
      return attempts;
    }
  }

  private static final class Block {

    private final ByteBuffer bytes;
    private int used;
    private long highest;

    /** Whether a {@link Part} shows it, so that it must not be used again. */
    private boolean shown;

    Block(int size) {
      this.bytes = ByteBuffer.allocate(size);
    }
  }

  /**
   * Makes an empty memory.
   *
   * @param capacity in bytes, 0 for none; an attempt takes about 60
   */
  public ReplayBuffer(int capacity) {
    this(capacity, Math.min(capacity, BLOCK));
  }

  /** The same with smaller blocks. */
  ReplayBuffer(int capacity, int blockSize) {
    this.blockSize = blockSize;
    this.mostBlocks = blockSize == 0 ? 0 : capacity / blockSize;
  }

  /**
   * Tells which history the attempts belong to; those of another one are forgotten, and refused
   * from now on.
   *
   * @param newHistory see {@link sekisho.mysql.ServiceState#history}
   */
  public synchronized void belongTo(String newHistory) {
    if (!newHistory.equals(history)) {
      history = newHistory;
      blocks.clear();
      forgotten = 0;
    }
  }

  /** Tells the epoch that attempts are accepted under from now on. */
  synchronized void admitted(String newEpoch) {
    if (!newEpoch.equals(epoch)) {
      epoch = newEpoch;
      highest = 0;
      addedUnderEpoch = 0;
    }
  }

  /**
   * The highest number that this process answered under an epoch, 0 for none: in another one
   * numbers have another meaning.
   */
  synchronized long highest(String ofEpoch) {
    return ofEpoch.equals(epoch) ? highest : 0;
  }

  /**
   * Tells that a call is about to be sent; {@link #ended} follows, after {@link #add} if it was
   * answered.
   */
  synchronized void sending() {
    underWay++;
  }

  /** Remembers the attempts of one call, whose queue rows end so, given under an epoch. */
  synchronized void add(String sentUnder, DecideScript.Reply reply, List<byte[]> rowEnds) {
    added += rowEnds.size();
    if (sentUnder.equals(epoch)) {
      addedUnderEpoch += rowEnds.size();
      highest = Math.max(highest, reply.lastSequence());
    }
    if (sentUnder.startsWith(history)) {
      long sequence = reply.firstSequence();
      for (int i = 0; i < rowEnds.size(); i++) {
        if (reply.decided(i)) {
          add(sequence++, reply.millis(), reply.succeeded(i), rowEnds.get(i));
        }
      }
    }
  }

  /** How many attempts were ever added under other epochs than this one. */
  public synchronized long addedOutside(String ofEpoch) {
    return added - (ofEpoch.equals(epoch) ? addedUnderEpoch : 0);
  }

  /** Tells that the answer to a call is known, or that there will be none. */
  synchronized void ended() {
    underWay--;
    notifyAll();
  }

  /**
   * Waits until the answers to all calls are known, so that nothing is missing here that was
   * answered. Call it with the epoch fence closed: Redis refuses what is sent from then on.
   *
   * @param limit how long to wait
   * @throws StoreUnavailableException when they are not known in time, or when the thread is
   *     interrupted
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
   * The attempts remembered, a part at a time: nothing is copied, and logins do not wait while they
   * are read.
   *
   * @return all of them, the oldest part first
   */
  public synchronized List<Part> parts() {
    List<Part> parts = new ArrayList<>(blocks.size());
    for (Block block : blocks) {
      block.shown = true;
      parts.add(new Part(block, block.used));
    }
    return parts;
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
    for (Block block : blocks) {
      for (int at = 0; at < block.used; at += block.bytes.getInt(at)) {
        Long number = numbers.get(block.bytes.getLong(at + SEQUENCE));
        if (number != null) {
          block.bytes.putLong(at + SEQUENCE, number);
          block.highest = Math.max(block.highest, number);
        }
      }
    }
  }

  private void add(long sequence, long millis, boolean succeeded, byte[] rowEnd) {
    int length = END + rowEnd.length;
    if (length > blockSize || mostBlocks == 0) {
      forgotten = Math.max(forgotten, sequence);
      return;
    }
    Block block = blocks.peekLast();
    if (block == null || block.used + length > blockSize) {
      block = nextBlock();
    }
    int at = block.used;
    block
        .bytes
        .putInt(at, length)
        .putLong(at + SEQUENCE, sequence)
        .putLong(at + MILLIS, millis)
        .put(at + SUCCEEDED, (byte) (succeeded ? 1 : 0))
        .put(at + END, rowEnd);
    block.used = at + length;
    block.highest = Math.max(block.highest, sequence);
  }

  private Block nextBlock() {
    Block block = null;
    if (blocks.size() == mostBlocks) {
      Block oldest = blocks.removeFirst();
      forgotten = Math.max(forgotten, oldest.highest);
      if (!oldest.shown) {
        oldest.used = 0;
        oldest.highest = 0;
        block = oldest;
      }
    }
    if (block == null) {
      block = new Block(blockSize);
    }
    blocks.addLast(block);
    return block;
  }

  private static RecordedAttempt read(ByteBuffer ring, int at) {
    byte[] end = new byte[ring.getInt(at) - END];
    ring.get(at + END, end);
    String row =
        ring.getLong(at + SEQUENCE)
            + "\t"
            + ring.getLong(at + MILLIS)
            + "\t"
            + ring.get(at + SUCCEEDED)
            + "\t"
            + new String(end, StandardCharsets.UTF_8);
    try {
      return (RecordedAttempt) QueueRow.parse(row.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedRowException e) {
      throw new IllegalStateException("an attempt of this process " + e.getMessage(), e);
    }
  }
}
