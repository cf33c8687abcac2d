package sekisho.flush;

import io.vertx.mysqlclient.MySQLException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.file.FileProblem;
import sekisho.login.RecordedAttempt;
import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;
import sekisho.mysql.Statements;

/**
 * Appends attempts to {@code login_log} by {@code LOAD DATA LOCAL}, which costs MySQL half of what
 * an INSERT does. The client can send files only: they lie in a directory of their own, for nobody
 * else to read, for the length of a statement.
 *
 * <p>LOCAL makes warnings of what would be errors, and skips rows; so whatever is not as expected
 * ends the transaction. Where the server does not allow it ({@code local_infile}), or the directory
 * can't be written, nothing is loaded this way.
 */
final class LoadDataWriter {

  private static final Logger LOG = LoggerFactory.getLogger(LoadDataWriter.class);
  private static final String LOAD = Statements.statement("flush/load_login_log");

  /** Command not allowed, syntax, local_infile is off: MariaDB, either, MySQL, MariaDB. */
  private static final Set<Integer> IMPOSSIBLE = Set.of(1148, 1064, 3948, 4166);

  /** Of one file; a protocol packet, as which the client sends it, has 16 MiB at most. */
  private static final long MAX_BYTES = 8 << 20;

  private static final int REST_OF_PACKET = 512;

  /** With packets of fewer bytes, files are not worth their statements. */
  private static final long MIN_BYTES = 64 << 10;

  private static final Pattern FILE = Pattern.compile("login_log-([0-9]+)-.*\\.tsv");

  private final Path directory;
  private volatile boolean possible;
  private volatile boolean directoryMade;

  /**
   * @param directory need not exist
   */
  LoadDataWriter(Path directory, boolean sendsFiles) {
    this.directory = directory.toAbsolutePath().normalize();
    // A backslash would begin an escape in the statement.
    this.possible = sendsFiles && !this.directory.toString().contains("\\");
  }

  /**
   * Writes files for {@link #load}, which must be deleted.
   *
   * @param attempts their rows, not empty
   * @param maxPacket the longest packet that the server takes, in bytes: the client sends a file as
   *     one
   * @return the files in their order; none when there can't be any
   */
  List<LoadDataFile> write(List<RecordedAttempt> attempts, long maxPacket) {
    List<LoadDataFile> files = new ArrayList<>();
    try {
      // Not before: who only looks makes nothing.
      if (possible && !directoryMade) {
        directoryMade = true;
        possible = makeDirectory();
      }
      if (possible && maxPacket >= MIN_BYTES) {
        write(attempts, Math.min(MAX_BYTES, maxPacket - REST_OF_PACKET), files);
      }
    } catch (IOException e) {
      files.forEach(LoadDataFile::close);
      giveUp("cannot write a file in " + directory + " (" + FileProblem.reason(e) + ")");
      return List.of();
    }
    return files;
  }

  private void write(List<RecordedAttempt> attempts, long maxBytes, List<LoadDataFile> files)
      throws IOException {
    byte[] text = LoadDataText.of(attempts);
    if (text.length > maxBytes && attempts.size() > 1) {
      int half = attempts.size() / 2;
      write(attempts.subList(0, half), maxBytes, files);
      write(attempts.subList(half, attempts.size()), maxBytes, files);
      return;
    }
    Path path =
        Files.createTempFile(
            directory,
            "login_log-" + ProcessHandle.current().pid() + "-",
            ".tsv",
            ownerOnly("rw-------"));
    files.add(new LoadDataFile(path, attempts.size()));
    Files.write(path, text);
  }

  /**
   * Loads a file.
   *
   * @param transaction must be rolled back when this fails
   * @param file one that {@link #write} gave
   * @throws LoadDataException when it was not loaded as it is
   */
  void load(Database.Transaction transaction, LoadDataFile file) {
    int loaded;
    AtomicInteger warnings = new AtomicInteger();
    try {
      loaded =
          transaction
              .text(
                  LOAD.replace("?", "'" + file.path().toString().replace("'", "''") + "'"),
                  warnings::set)
              .rowCount();
    } catch (DatabaseException e) {
      if (e.getCause() instanceof MySQLException refused
          && IMPOSSIBLE.contains(refused.getErrorCode())) {
        throw new LoadDataException(DatabaseException.wordsOf(refused), true);
      }
      if (e.concernsRow()) {
        throw new LoadDataException(e.getMessage(), false);
      }
      throw e;
    }
    if (loaded != file.rows() || warnings.get() != 0) {
      throw new LoadDataException(
          loaded + " of " + file.rows() + " rows were loaded, with " + warnings.get() + " warnings",
          false);
    }
  }

  /** Tells that a load failed, so that it is not tried again in vain. */
  void failed(LoadDataException problem) {
    if (problem.isImpossible()) {
      giveUp(String.valueOf(problem.getMessage()));
    } else {
      LOG.warn("LOAD DATA LOCAL: {}; rolled back and inserted instead", problem.getMessage());
    }
  }

  private void giveUp(String reason) {
    if (possible) {
      LOG.info("the flush does without LOAD DATA LOCAL, which would be faster: {}", reason);
      possible = false;
    }
  }

  private boolean makeDirectory() {
    try {
      Files.createDirectories(directory, ownerOnly("rwx------"));
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
        files.forEach(LoadDataWriter::deleteIfLeftBehind);
      }
      return true;
    } catch (IOException e) {
      LOG.info(
          "the flush does without LOAD DATA LOCAL, which would be faster: cannot use {} ({})",
          directory,
          FileProblem.reason(directory, e));
      return false;
    }
  }

  private static void deleteIfLeftBehind(Path file) {
    Matcher name = FILE.matcher(file.getFileName().toString());
    if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
      new LoadDataFile(file, 0).close();
    }
  }

  private static FileAttribute<?>[] ownerOnly(String permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /**
   * A file of attempts for {@link LoadDataWriter}, which is deleted when it is closed.
   *
   * @param path where it is
   * @param rows how many attempts it holds
   */
  record LoadDataFile(Path path, int rows) implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LoadDataFile.class);

    @Override
    public void close() {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        LOG.warn("cannot delete {}: {}", path, FileProblem.reason(path, e));
      }
    }
  }

  /**
   * The log rows were not loaded as they should be; the transaction must be rolled back and done in
   * the exact way.
   */
  static final class LoadDataException extends RuntimeException {

    private final boolean impossible;

    LoadDataException(String message, boolean impossible) {
      super(message);
      this.impossible = impossible;
    }

    /** Whether it will be so the next time too. */
    boolean isImpossible() {
      return impossible;
    }
  }
}
