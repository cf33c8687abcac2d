package sekisho.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the processes to measure in {@code /proc}. The service is the process that listens on the
 * port; Redis and MySQL are found by pid files below the data directory, by a command line that
 * names it, or else by the name of their program if exactly one process has it. What is not found
 * is unknown.
 */
public final class ProcessFinder {

  private static final String LISTEN = "0A";
  private static final Pattern PID_FILE = Pattern.compile("pid|.*\\.pid");
  private static final int PID_FILE_DEPTH = 3;

  private final Path proc;

  public ProcessFinder() {
    this(Path.of("/proc"));
  }

  public ProcessFinder(Path proc) {
    this.proc = proc;
  }

  /**
   * The processes that listen on a TCP port of this machine; those of other users stay unknown
   * unless run by root.
   */
  public Set<Integer> listeningOn(int port) {
    Set<String> sockets = new HashSet<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      for (String line : lines(proc.resolve(table))) {
        String[] column = line.strip().split("\\s+");
        if (column.length > 9
            && column[3].equals(LISTEN)
            && column[1].endsWith(String.format(Locale.ROOT, ":%04X", port))) {
          sockets.add("socket:[" + column[9] + "]");
        }
      }
    }
    Set<Integer> found = new TreeSet<>();
    if (!sockets.isEmpty()) {
      pids().stream().filter(pid -> holdsAny(pid, sockets)).forEach(found::add);
    }
    return found;
  }

  /**
   * The processes of a role whose pid file is below the data directory, or whose command line names
   * a place below it.
   */
  public Set<Integer> ofDataDirectory(ProcessRole role, Path dataDirectory) {
    Set<Integer> inPidFiles = pidFiles(dataDirectory);
    String place = dataDirectory.toAbsolutePath().normalize() + "/";
    Set<Integer> found = new TreeSet<>();
    for (int pid : named(role)) {
      if (inPidFiles.contains(pid) || text(pid, "cmdline").contains(place)) {
        found.add(pid);
      }
    }
    return found;
  }

  /** The one process of a role on this machine; empty when there is none, or more than one. */
  public Set<Integer> onlyOne(ProcessRole role) {
    Set<Integer> byName = named(role);
    return byName.size() == 1 ? byName : Set.of();
  }

  private Set<Integer> named(ProcessRole role) {
    Set<Integer> named = new TreeSet<>();
    pids().stream()
        .filter(pid -> role.programs().contains(text(pid, "comm").strip()))
        .forEach(named::add);
    return named;
  }

  private Set<Integer> pidFiles(Path directory) {
    Set<Integer> pids = new HashSet<>();
    try (Stream<Path> files =
        Files.find(
            directory,
            PID_FILE_DEPTH,
            (path, attributes) -> PID_FILE.matcher(path.getFileName().toString()).matches())) {
      for (Path file : files.toList()) {
        lines(file).stream()
            .limit(1)
            .map(String::strip)
            .filter(line -> line.matches("\\d{1,9}"))
            .forEach(line -> pids.add(Integer.valueOf(line)));
      }
    } catch (IOException | UncheckedIOException e) {
      return pids;
    }
    return pids;
  }

  private boolean holdsAny(int pid, Set<String> sockets) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(proc.resolve(pid + "/fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.isSymbolicLink(descriptor) && sockets.contains(linkTarget(descriptor))) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return false;
    }
    return false;
  }

  /** Empty when the descriptor was closed meanwhile. */
  private static String linkTarget(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private List<Integer> pids() {
    List<Integer> pids = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      entries.forEach(entry -> pids.add(Integer.valueOf(entry.getFileName().toString())));
    } catch (IOException e) {
      return List.of();
    }
    return pids;
  }

  private String text(int pid, String name) {
    return String.join("\n", lines(proc.resolve(pid + "/" + name)));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
