package sekisho.dev.seed;

import java.io.IOException;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import sekisho.dev.seed.SeedLog.SeedAttempt;
import sekisho.dev.seed.SeedUsers.SeedUser;
import sekisho.dev.server.DirectoryLock;
import sekisho.dev.server.OwnerOnly;
import sekisho.file.FileProblem;

/**
 * The seed data, in memory and as files. The columns of the first two are those of the tables in
 * {@code sql/schema.sql}, as {@code LOAD DATA} reads them by default: separated by tabs, without a
 * header.
 *
 * <table>
 *   <caption>Files</caption>
 *   <tr><td>{@value #USERS}</td><td>id, login, password_hash, salt</td></tr>
 *   <tr><td>{@value #LOGIN_LOG}</td><td>id, created_at, user_id, login, ip, succeeded</td></tr>
 *   <tr><td>{@value #DUMMY_USERS}</td><td>id, login, password, salt, password_hash; for load generators</td></tr>
 *   <tr><td>{@value #DUMMY_USERS_USED}</td><td>id, login, failures at the end, for each user in the log</td></tr>
 * </table>
 */
public final class SeedDataset {

  public static final String USERS = "users.tsv";
  public static final String LOGIN_LOG = "login_log.tsv";
  public static final String DUMMY_USERS = "dummy_users.tsv";
  public static final String DUMMY_USERS_USED = "dummy_users_used.tsv";

  /**
   * SHA-256 over the four files, in the order above. A change of the generator changes it, and old
   * files are made anew.
   */
  public static final String CHECKSUM =
      "48f3a2adc2ce3c5a0d8d42e1eb1fb9b70f578412f614dc74bf709e2b40fb4a57";

  /** How many users there are. */
  public static final int USER_COUNT = SeedUsers.COUNT;

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  private final List<SeedUser> users;
  private final List<SeedAttempt> attempts;

  private SeedDataset(List<SeedUser> users, List<SeedAttempt> attempts) {
    this.users = users;
    this.attempts = attempts;
  }

  /**
   * Makes the data, the same at each call. Takes a fraction of a second and some 50 MB of memory.
   */
  public static SeedDataset generate() {
    List<SeedUser> users = SeedUsers.make();
    return new SeedDataset(users, SeedLog.make(users));
  }

  /** The 200,000 users in the order of their ids, unmodifiable. */
  public List<SeedUser> users() {
    return users;
  }

  /** The login log in order, unmodifiable. */
  public List<SeedAttempt> attempts() {
    return attempts;
  }

  /**
   * Writes the files unless they are there already, complete and of this version. Readers see old
   * files or new ones, never half.
   *
   * @param directory is made if need be
   * @return whether files were written
   * @throws IOException if the directory cannot be written
   */
  public static boolean writeTo(Path directory) throws IOException {
    DatasetFiles files =
        new DatasetFiles(
            directory, List.of(USERS, LOGIN_LOG, DUMMY_USERS, DUMMY_USERS_USED), CHECKSUM);
    AtomicBoolean written = new AtomicBoolean();
    try {
      if (!files.areComplete()) {
        OwnerOnly.newDirectory(directory); // for the lock
        DirectoryLock.holding(directory, () -> written.set(!files.areComplete() && write(files)));
      }
      return written.get();
    } catch (IOException e) {
      throw new IOException(
          "cannot write the seed data to "
              + directory
              + ": "
              + FileProblem.reason(directory, e)
              + "; set SEKISHO_DATA_DIR to a directory that may be written",
          e);
    }
  }

  private static boolean write(DatasetFiles files) throws IOException {
    SeedDataset dataset = generate();
    files.write(
        List.of(
            dataset.userLines(),
            dataset.logLines(),
            dataset.dummyUserLines(),
            dataset.usedUserLines()));
    return true;
  }

  private Stream<String> userLines() {
    return users.stream()
        .map(user -> line(user.id(), user.login(), user.passwordHash(), user.salt()));
  }

  private Stream<String> logLines() {
    return attempts.stream()
        .map(
            attempt ->
                line(
                    attempt.id(),
                    TIME.format(attempt.createdAt()),
                    attempt.user().id(),
                    attempt.user().login(),
                    attempt.ip(),
                    attempt.succeeded() ? 1 : 0));
  }

  private Stream<String> dummyUserLines() {
    return users.stream()
        .map(
            user ->
                line(user.id(), user.login(), user.password(), user.salt(), user.passwordHash()));
  }

  private Stream<String> usedUserLines() {
    Map<Long, Integer> failures = new TreeMap<>();
    attempts.forEach(
        attempt ->
            failures.merge(
                attempt.user().id(),
                attempt.succeeded() ? 0 : 1,
                (old, one) -> one == 0 ? 0 : old + one));
    return failures.entrySet().stream()
        .map(
            entry ->
                line(
                    entry.getKey(),
                    users.get((int) (entry.getKey() - 1)).login(),
                    entry.getValue()));
  }

  private static String line(Object... columns) {
    StringBuilder line = new StringBuilder(160);
    for (Object column : columns) {
      line.append(line.isEmpty() ? "" : "\t").append(column);
    }
    return line.toString();
  }
}
