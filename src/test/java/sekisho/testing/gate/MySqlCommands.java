package sekisho.testing.gate;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Reads the statements of MySQL's protocol. A packet is a length of three bytes, a number and a
 * content; a command is a packet with number 0. Statements that were prepared are run by an id,
 * which the answer to the preparation tells. The file of a LOAD DATA LOCAL, which follows its
 * statement in a packet with another number, is told as a command of its own: its text is the
 * file's.
 */
public final class MySqlCommands implements CommandReader {

  private static final int QUERY = 0x03;
  private static final int PREPARE = 0x16;
  private static final int EXECUTE = 0x17;

  /** The server asks for the file of a LOAD DATA LOCAL. */
  private static final byte SEND_FILE = (byte) 0xfb;

  /** A statement's text is at its packet's beginning; parameters may have megabytes. */
  private static final int READ_AT_MOST = 64 * 1024;

  private final Packets sent = new Packets();
  private final Packets answers = new Packets();
  private final Queue<String> preparing = new ConcurrentLinkedQueue<>();
  private final Map<Integer, String> prepared = new ConcurrentHashMap<>();
  private boolean loggedIn;

  @Override
  public List<Command> sent(ByteBuffer bytes) {
    List<Command> commands = new ArrayList<>();
    sent.read(
        bytes,
        (number, length, content) -> {
          loggedIn |= number == 0;
          String text =
              content.length == 0 || !loggedIn
                  ? ""
                  : number == 0 ? command(content) : text(content, 0);
          if (!text.isEmpty()) {
            commands.add(new Command(text, length));
          }
        });
    return commands;
  }

  @Override
  public boolean answered(ByteBuffer bytes) {
    AtomicBoolean asksForFile = new AtomicBoolean();
    answers.read(
        bytes,
        (number, length, content) -> {
          asksForFile.set(number == 1 && content.length > 0 && content[0] == SEND_FILE);
          // The first packet after a command; the client prepares one statement at a time and waits
          // for the answer.
          if (number == 1 && content.length > 0 && !preparing.isEmpty()) {
            String statement = preparing.poll();
            if (content[0] == 0 && content.length >= 5) {
              prepared.put(id(content), statement);
            }
          }
        });
    return !asksForFile.get();
  }

  private String command(byte[] content) {
    switch (content[0]) {
      case QUERY:
        return text(content, 1);
      case PREPARE:
        preparing.add(text(content, 1));
        return "";
      case EXECUTE:
        return prepared.getOrDefault(id(content), "?");
      default:
        return "";
    }
  }

  private static int id(byte[] content) {
    return ByteBuffer.wrap(content, 1, 4).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }

  private static String text(byte[] content, int from) {
    return new String(content, from, content.length - from, StandardCharsets.UTF_8)
        .replaceAll("\\R", " ");
  }

  /** Takes a stream of bytes apart. */
  private static final class Packets {

    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private final byte[] head = new byte[4];
    private int headRead;
    private int length;
    private int left;

    interface Consumer {
      /** Gets a packet: of a long one's content, the beginning. */
      void packet(int number, int length, byte[] content);
    }

    void read(ByteBuffer bytes, Consumer consumer) {
      while (bytes.hasRemaining()) {
        if (headRead < head.length) {
          head[headRead++] = bytes.get();
          length = (head[0] & 0xff) | (head[1] & 0xff) << 8 | (head[2] & 0xff) << 16;
          left = length;
        } else {
          int some = Math.min(left, bytes.remaining());
          int kept = Math.min(some, READ_AT_MOST - content.size());
          content.write(bytes.array(), bytes.arrayOffset() + bytes.position(), kept);
          bytes.position(bytes.position() + some);
          left -= some;
        }
        if (headRead == head.length && left == 0) {
          consumer.packet(head[3] & 0xff, length, content.toByteArray());
          content.reset();
          headRead = 0;
        }
      }
    }
  }
}
