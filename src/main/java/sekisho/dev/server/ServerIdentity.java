package sekisho.dev.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tells the process of one server from all others: it works in the server's directory, and it is
 * one of the product's programs, or has the arguments that the server is started with.
 *
 * <p>Directories are compared by device and inode, as {@code /proc} gives them. So the same server
 * is found through a symbolic link, a bind mount or after a rename, and never taken for that of
 * another directory which has its path by now. A process id or a path among the arguments alone
 * proves nothing. Where there is no {@code /proc}, the arguments have to do.
 *
 * @param directories where the process works: the directory that it is started in, and the one that
 *     it changes to
 * @param programs file names of the product's programs
 * @param signature arguments that are the server's own
 */
record ServerIdentity(List<Path> directories, Set<String> programs, List<String> signature) {

  private static final Path PROC = Path.of("/proc");
  private static final boolean HAS_PROC = Files.isDirectory(PROC.resolve("self"));

  /** In the fourth column of {@code /proc/net/unix}: the socket accepts connections. */
  private static final long ACCEPTS = 0x10000;

  /**
   * Whether this process is the server. A shell that is about to become it counts, a process that
   * has ended does not.
   */
  boolean matches(ProcessHandle process) {
    if (!HAS_PROC) {
      return hasSignature(process);
    }
    return (programs.contains(name(process.pid())) || hasSignature(process))
        && directories.stream().anyMatch(directory -> worksIn(process.pid(), directory));
  }

  /** Whether this process runs one of the product's programs in the given directory. */
  boolean isProgramIn(ProcessHandle process, Path directory) {
    return programs.contains(name(process.pid())) && worksIn(process.pid(), directory);
  }

  /**
   * Whether the process still has something open: its parent may not have taken note of its end.
   */
  static boolean isRunning(ProcessHandle process) {
    if (!process.isAlive() || !HAS_PROC) {
      return process.isAlive();
    }
    Path proc = PROC.resolve(Long.toString(process.pid()));
    try (Stream<Path> threads = Files.list(proc.resolve("task"))) {
      // The first thread may be gone while others still write.
      return threads.count() > 1 || !state(proc).equals("Z");
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether the process accepts connections on some Unix socket, be its file there or not. */
  static boolean accepts(ProcessHandle process) {
    Path descriptors = PROC.resolve(process.pid() + "/fd");
    try (Stream<Path> open = Files.list(descriptors)) {
      Set<String> sockets = new HashSet<>();
      for (Path descriptor : open.toList()) {
        sockets.add(Files.readSymbolicLink(descriptor).toString());
      }
      for (String line :
          Files.readAllLines(PROC.resolve("net/unix"), StandardCharsets.ISO_8859_1)) {
        String[] columns = line.strip().split(" +");
        if (columns.length > 6
            && sockets.contains("socket:[" + columns[6] + "]")
            && (Long.parseLong(columns[3], 16) & ACCEPTS) != 0) {
          return true;
        }
      }
      return false;
    } catch (IOException | NumberFormatException e) {
      return false; // ended, or not ours to look into
    }
  }

  private boolean hasSignature(ProcessHandle process) {
    return process
        .info()
        .arguments()
        .map(arguments -> List.of(arguments).containsAll(signature))
        .orElse(false);
  }

  private static boolean worksIn(long pid, Path directory) {
    try {
      return Files.isSameFile(PROC.resolve(pid + "/cwd"), directory);
    } catch (IOException e) {
      return false; // ended, another user's, or there is no such directory
    }
  }

  private static String name(long pid) {
    try {
      return Files.readString(PROC.resolve(pid + "/comm"), StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** The column after the program's name, which is in parentheses and may hold anything. */
  private static String state(Path proc) throws IOException {
    String stat = Files.readString(proc.resolve("stat"), StandardCharsets.ISO_8859_1);
    return stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  }
}
