package sekisho.dev.seed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import sekisho.dev.seed.DatasetFiles.Sha256;
import sekisho.dev.seed.SeedLog.SeedAttempt;
import sekisho.dev.server.OwnerOnly;
import sekisho.file.FileProblem;
import sekisho.redis.RedisKeys;

/**
 * The seed as an RDB file: written once, and then only put in place. Another key prefix or other
 * seed data get another file.
 */
public final class PreparedRdb {

  private final Path file;
  private final RedisKeys keys;

  /**
   * Names the file.
   *
   * @param directory where the seed data are
   * @param keys the names of the keys
   */
  public PreparedRdb(Path directory, RedisKeys keys) {
    this.keys = keys;
    String contents =
        String.join(
            "\n",
            SeedDataset.CHECKSUM,
            keys.addresses(),
            keys.users(),
            keys.logins(),
            keys.state());
    String digest =
        HexFormat.of()
            .formatHex(Sha256.newDigest().digest(contents.getBytes(StandardCharsets.UTF_8)))
            .substring(0, 12);
    this.file = directory.resolve("redis-" + digest + ".rdb");
  }

  /** Where the file is. */
  public Path file() {
    return file;
  }

  /**
   * Makes the file unless it is there. One process does so at a time.
   *
   * @param log the seeded log
   * @throws IOException if the file can't be written
   */
  public void prepare(Supplier<List<SeedAttempt>> log) throws IOException {
    if (Files.exists(file)) {
      OwnerOnly.restrict(file); // an older version of this program let others read it
      return;
    }
    try {
      write(log.get());
    } catch (IOException e) {
      throw new IOException("cannot write " + file + ": " + FileProblem.reason(file, e), e);
    }
  }

  private void write(List<SeedAttempt> log) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    try (RdbWriter rdb = new RdbWriter(OwnerOnly.newFile(draft))) {
      for (Map.Entry<String, Map<String, String>> hash : SeedRedis.hashes(keys, log).entrySet()) {
        rdb.hash(hash.getKey(), hash.getValue());
      }
      rdb.finish();
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
