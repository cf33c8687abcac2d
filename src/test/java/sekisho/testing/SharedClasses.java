package sekisho.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Archives of the classes that a start loads (class data sharing), one beside each jar: the tests
 * start hundreds of processes, and each of them would read and verify the same classes.
 */
final class SharedClasses {

  private static final Map<Path, List<String>> OPTIONS = new ConcurrentHashMap<>();

  private SharedClasses() {}

  /** Options of the Java machine for a start of the jar; makes the archive if it is not there. */
  static List<String> optionsFor(Path jar) {
    return OPTIONS.computeIfAbsent(jar, SharedClasses::makeArchive);
  }

  private static List<String> makeArchive(Path jar) {
    Path archive = Path.of(jar.toString().replaceFirst("[.]jar$", "-tests.jsa"));
    try (FileChannel lock =
        FileChannel.open(
            Path.of(archive + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      lock.lock(); // another fork of the tests may make it
      if (!Files.exists(archive)
          || Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) < 0) {
        Files.deleteIfExists(archive);
        record(jar, archive);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    // Without a word where the archive cannot be used.
    return List.of(
        "-XX:SharedArchiveFile=" + archive,
        "-Xshare:auto",
        "-Xlog:disable",
        "-Xlog:all=error:stderr",
        "-Xlog:cds*=off:stderr");
  }

  /** A start that finds no stores: it ends by itself, and most classes have been loaded by then. */
  private static void record(Path jar, Path archive) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:ArchiveClassesAtExit=" + archive,
                "-jar",
                jar.toString(),
                "serve")
            .redirectErrorStream(true)
            .redirectOutput(Redirect.DISCARD);
    builder.environment().keySet().removeIf(name -> name.startsWith("SEKISHO_"));
    builder
        .environment()
        .putAll(
            Map.of(
                "SEKISHO_DATA_DIR", jar.getParent().toString(),
                "SEKISHO_HTTP_PORT", "0",
                "SEKISHO_MANAGEMENT_PORT", "0",
                "SEKISHO_REDIS_URL", "unix:///nonexistent",
                "SEKISHO_MYSQL_URL", "mysql://nobody@127.0.0.1:1/none"));
    builder.start().waitFor();
  }
}
