package sekisho.testing;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sekisho.app.Settings;
import sekisho.app.SettingsLoader;
import sekisho.app.Stores;

/** Sends single commands to a Redis and waits, for tests. */
public final class RedisProbe implements AutoCloseable {

  private final Vertx vertx = Vertx.vertx();
  private final Redis redis;

  /** Connects at the first command. */
  public RedisProbe(String url) {
    redis = Redis.createClient(vertx, url);
  }

  /** Connects to the present primary of any Redis that the service can be pointed to. */
  public RedisProbe(String url, String prefix) {
    Settings settings =
        SettingsLoader.load(
            Optional.empty(), Map.of("SEKISHO_REDIS_URL", url, "SEKISHO_REDIS_KEY_PREFIX", prefix));
    redis = Redis.createClient(vertx, Waiting.on(Stores.redisLocation(settings).find(vertx)));
  }

  /** One command; null if Redis says so. Fails if there is no answer within 10 s. */
  public Response send(String command, String... arguments) {
    Request request = Request.cmd(Command.create(command));
    for (String argument : arguments) {
      request.arg(argument);
    }
    return Waiting.on(redis.send(request));
  }

  /** The same, with arguments that may be any bytes. */
  public Response send(String command, List<byte[]> arguments) {
    Request request = Request.cmd(Command.create(command));
    arguments.forEach(argument -> request.arg(Buffer.buffer(argument)));
    return Waiting.on(redis.send(request));
  }

  /**
   * Waits until all that Redis has answered is in its file, or on the way there: while an fsync is
   * slow it puts off its writes, and whoever kills it then, and with it those who remember what it
   * answered, loses them.
   */
  public void awaitWritten() {
    Until.isTrue(
        "no write is put off",
        () -> send("INFO", "persistence").toString().contains("aof_buffer_length:0\r"));
  }

  @Override
  public void close() {
    Waiting.on(vertx.close());
  }
}
