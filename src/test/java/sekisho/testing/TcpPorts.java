package sekisho.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a process listens on, as the Linux kernel tells. */
public final class TcpPorts {

  private static final String LISTENING = "0A";

  private TcpPorts() {}

  /** The addresses and ports, IPv4 and IPv6, such as {@code 0100007F:1F90} (both hexadecimal). */
  public static Set<String> listenedOnBy(long pid) {
    Set<String> inodes = socketInodes(pid);
    Set<String> listeners = new TreeSet<>();
    for (String table : new String[] {"tcp", "tcp6"}) {
      try (Stream<String> lines = Files.lines(Path.of("/proc/net", table))) {
        lines
            .skip(1)
            .map(line -> line.strip().split("\\s+"))
            .filter(fields -> fields[3].equals(LISTENING) && inodes.contains(fields[9]))
            .forEach(fields -> listeners.add(fields[1]));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return listeners;
  }

  private static Set<String> socketInodes(long pid) {
    Set<String> inodes = new HashSet<>();
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : files.toList()) {
        String target = target(file);
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring("socket:[".length(), target.length() - 1));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return inodes;
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }
}
