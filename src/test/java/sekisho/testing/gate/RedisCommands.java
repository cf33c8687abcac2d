package sekisho.testing.gate;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the words of Redis commands: {@code *2 $4 LLEN $5 queue}, each followed by a line end. */
public final class RedisCommands implements CommandReader {

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder command = new StringBuilder();
  private long bytesRead;
  private int wordsLeft;

  /** Bytes of a word that are still to come, with its line end; 0 while a length is read. */
  private int bytesLeft;

  @Override
  public List<Command> sent(ByteBuffer bytes) {
    List<Command> commands = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      bytesRead++;
      line.write(next);
      if (bytesLeft > 0) {
        if (--bytesLeft == 0) {
          word(commands);
        }
      } else if (next == '\n') {
        length();
      }
    }
    return commands;
  }

  @Override
  public boolean answered(ByteBuffer bytes) {
    return true;
  }

  private void length() {
    String text = line.toString(StandardCharsets.UTF_8).strip();
    line.reset();
    int number = Integer.parseInt(text.substring(1));
    if (text.charAt(0) == '*') {
      wordsLeft = number;
      command.setLength(0);
    } else {
      bytesLeft = number + 2;
    }
  }

  private void word(List<Command> commands) {
    String word = line.toString(StandardCharsets.UTF_8);
    line.reset();
    command.append(word.substring(0, word.length() - 2).replaceAll("\\R", " "));
    if (--wordsLeft > 0) {
      command.append(' ');
    } else {
      commands.add(new Command(command.toString(), bytesRead));
      bytesRead = 0;
    }
  }
}
