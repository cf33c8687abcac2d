package sekisho.verify;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Sorts any number of facts in bounded memory: an external merge sort. What the buffer holds is
 * sorted and appended to a temporary file as a run; runs are merged at the end, and whenever there
 * are so many of one level that their read buffers would add up. The file has no name from the
 * moment it is open, so nothing is left of it even after a {@code kill -9}. Few facts need no file.
 * For use by one thread at a time.
 */
final class ExternalSort implements AutoCloseable {

  private static final int BUFFER_BYTES = 16 << 20;
  private static final int MAX_RUNS = 128;
  private static final int READ_BYTES = 16 << 10;
  private static final int WRITE_BYTES = 1 << 18;

  private final Path directory;
  private final int bufferBytes;
  private final int maxRuns;
  private final List<Fact> buffer = new ArrayList<>();
  private int buffered;

  /** The runs by how often they were merged. */
  private final List<List<Run>> levels = new ArrayList<>();

  private FileChannel file;
  private long end;

  /** Sorted facts in the file, between two positions. */
  private record Run(long from, long to) {}

  ExternalSort() {
    this(Path.of(System.getProperty("java.io.tmpdir")), BUFFER_BYTES, MAX_RUNS);
  }

  /**
   * Makes one with another directory, buffer, and number of runs that are merged at once, at least
   * 2.
   */
  ExternalSort(Path directory, int bufferBytes, int maxRuns) {
    this.directory = directory;
    this.bufferBytes = bufferBytes;
    this.maxRuns = maxRuns;
  }

  /**
   * Takes a fact.
   *
   * @throws UncheckedIOException when the temporary file can't be written; the message names its
   *     directory
   */
  void add(Fact fact) {
    buffer.add(fact);
    buffered += fact.bytes();
    if (buffered >= bufferBytes) {
      spill();
    }
  }

  /**
   * Gives all facts in their order. Nothing can be added afterwards.
   *
   * @throws UncheckedIOException when the temporary file can't be written or read
   */
  void forEach(Consumer<Fact> consumer) {
    if (levels.isEmpty()) {
      buffer.sort(null);
      buffer.forEach(consumer);
      return;
    }
    spill();
    try {
      merge(levels.stream().flatMap(List::stream).toList(), consumer);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {
    buffer.clear();
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void spill() {
    buffer.sort(null);
    try {
      if (file == null) {
        file = open();
      }
      keep(
          0,
          write(
              out -> {
                for (Fact fact : buffer) {
                  fact.write(out);
                }
              }));
    } catch (IOException e) {
      throw failed(e);
    }
    buffer.clear();
    buffered = 0;
  }

  private void keep(int level, Run run) throws IOException {
    if (level == levels.size()) {
      levels.add(new ArrayList<>());
    }
    List<Run> runs = levels.get(level);
    runs.add(run);
    if (runs.size() == maxRuns) {
      Run merged =
          write(
              out ->
                  merge(
                      runs,
                      fact -> {
                        try {
                          fact.write(out);
                        } catch (IOException e) {
                          throw new UncheckedIOException(e);
                        }
                      }));
      runs.clear();
      keep(level + 1, merged);
    }
  }

  /** Writes a run. */
  private interface Writer {
    void write(DataOutputStream out) throws IOException;
  }

  private Run write(Writer writer) throws IOException {
    long from = end;
    file.position(from);
    OutputStream channel = Channels.newOutputStream(file);
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(channel, WRITE_BYTES));
    writer.write(out);
    out.flush();
    end = file.position();
    return new Run(from, end);
  }

  private void merge(List<Run> runs, Consumer<Fact> consumer) throws IOException {
    PriorityQueue<RunReader> readers = new PriorityQueue<>();
    for (Run run : runs) {
      RunReader reader = new RunReader(run);
      if (reader.advance()) {
        readers.add(reader);
      }
    }
    while (!readers.isEmpty()) {
      RunReader first = readers.poll();
      consumer.accept(first.fact);
      if (first.advance()) {
        readers.add(first);
      }
    }
  }

  private FileChannel open() throws IOException {
    Path path = Files.createTempFile(directory, "sekisho-verify", ".sort");
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Files.delete(path);
    return channel;
  }

  private UncheckedIOException failed(IOException e) {
    return new UncheckedIOException(
        new IOException(
            "cannot use a temporary file in "
                + directory
                + " ("
                + e
                + "): choose a directory with room by -Djava.io.tmpdir=…",
            e));
  }

  /** Reads one run from its first fact to its last. */
  private final class RunReader implements Comparable<RunReader> {

    private final DataInputStream in;
    private Fact fact;

    RunReader(Run run) {
      in = new DataInputStream(new BufferedInputStream(new RunBytes(run.from, run.to), READ_BYTES));
    }

    boolean advance() throws IOException {
      try {
        fact = Fact.read(in);
        return true;
      } catch (EOFException e) {
        return false;
      }
    }

    @Override
    public int compareTo(RunReader other) {
      return fact.compareTo(other.fact);
    }
  }

  /** The bytes of a run, read at their position, so that runs do not disturb each other. */
  private final class RunBytes extends InputStream {

    private final long to;
    private long position;

    RunBytes(long from, long to) {
      this.position = from;
      this.to = to;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int wanted = (int) Math.min(length, to - position);
      int got = wanted == 0 ? -1 : file.read(ByteBuffer.wrap(bytes, offset, wanted), position);
      position += Math.max(got, 0);
      return got;
    }
  }
}
