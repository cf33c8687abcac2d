package sekisho.tools.seed;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import sekisho.redis.RedisBackend;
import sekisho.redis.RedisKeys;
import sekisho.tools.servers.OwnerOnly;
import sekisho.tools.servers.RedisServer;

/**
 * The seed as an RDB file: written once by a Redis of its own, beside the one in use, and then only put in place. Another version
 * of Redis, another key prefix or other seed data get another file.
 */
public final class PreparedRdb {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Path file;
  private final RedisKeys keys;

  /**
   * Names the file.
   *
   * @param directory where the seed data are
   * @param redisVersion the version of the Redis that is to read it
   * @param keys the names of the keys
   */
  public PreparedRdb(Path directory, String redisVersion, RedisKeys keys) {
    this.keys = keys;
    String contents = SeedDataset.CHECKSUM + "\n" + keys;
    String digest = HexFormat.of().formatHex(Sha256.newDigest().digest(contents.getBytes(
        StandardCharsets.UTF_8))).substring(0, 12);
    this.file = directory.resolve("redis-" + redisVersion + "-" + digest + ".rdb");
  }

  /**
   * Where the file is.
   *
   * @return its path
   */
  public Path file() {
    return file;
  }

  /**
   * Makes the file unless it is there.
   *
   * @param vertx runs the connection
   * @param server a Redis for this purpose alone, not running; stopped and its data deleted afterwards
   * @param log the seeded log
   * @throws IOException if the file can't be written
   */
  public void prepare(Vertx vertx, RedisServer server, Supplier<List<SeedAttempt>> log) throws IOException {
    if (Files.exists(file)) {
      OwnerOnly.restrict(file); // an older version of this program let others read it
      return;
    }
    server.start();
    try (RedisBackend redis = new RedisBackend(
        vertx, new RedisOptions().setConnectionString(server.url()).setProtocolNegotiation(false), TIMEOUT)) {
      new SeedRedis(redis, keys).replace(log.get());
      redis.send(RedisBackend.request(Command.SAVE));
      Path draft = file.resolveSibling(file.getFileName() + ".new");
      Files.copy(server.snapshot(), draft, StandardCopyOption.REPLACE_EXISTING);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      server.stop();
    }
  }
}
