package sekisho.redis.location;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.nio.file.Path;

/**
 * A Redis at one address.
 *
 * @param options how to connect to it
 */
public record FixedLocation(RedisOptions options) implements RedisLocation {

  @Override
  public Future<RedisOptions> find(Vertx vertx) {
    return Future.succeededFuture(options);
  }

  @Override
  public boolean canMove() {
    return false;
  }

  @Override
  public String name() {
    return address(options);
  }

  @Override
  public String toString() {
    return name();
  }

  /**
   * Where a server is, for people.
   *
   * @param options how to connect to it
   * @return host and port, or the path of its socket; no password
   */
  public static String address(RedisOptions options) {
    RedisUrl url = RedisUrl.parse(options.getEndpoint());
    if (!url.isUnixSocket()) {
      return url.address().toString();
    }
    Path socket = Path.of(url.address().path());
    Path here = Path.of("").toAbsolutePath();
    return (socket.startsWith(here) ? here.relativize(socket) : socket).toString();
  }
}
