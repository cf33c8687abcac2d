package sekisho.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files that the Redis of a stage would read at its start, and a copy of them as they were at a
 * moment.
 */
final class RedisFiles {

  private final Path directory;
  private final Path older;

  private RedisFiles(Path directory, Path older) {
    this.directory = directory;
    this.older = older;
  }

  /** What was copied to that directory before. */
  static RedisFiles of(FaultStage stage, Path older) {
    return new RedisFiles(stage.servers().directory().resolve("redis"), older);
  }

  /** Copies them as they are now, also under a running Redis. */
  static RedisFiles copy(FaultStage stage, Path to) {
    RedisFiles files = of(stage, to);
    present(files.directory)
        .forEach(file -> copy(file, to.resolve(files.directory.relativize(file))));
    return files;
  }

  /** Puts the copy in place of what is there; for a Redis that does not run. */
  void putBack() {
    present(directory).forEach(RedisFiles::delete);
    files(older).forEach(file -> copy(file, directory.resolve(older.relativize(file))));
  }

  /** The files that Redis would read. */
  static List<Path> present(Path directory) {
    return files(directory).stream()
        .filter(
            file ->
                file.toString().contains("appendonly")
                    || file.getFileName().toString().equals("dump.rdb"))
        .toList();
  }

  private static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void copy(Path from, Path to) {
    try {
      Files.createDirectories(to.getParent());
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
