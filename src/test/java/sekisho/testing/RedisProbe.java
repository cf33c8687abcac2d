package sekisho.testing;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

/** Sends single commands to a Redis and waits, for tests. */
public final class RedisProbe implements AutoCloseable {

  private final Vertx vertx = Vertx.vertx();
  private final Redis redis;

  /** Connects at the first command. */
  public RedisProbe(String url) {
    redis = Redis.createClient(vertx, url);
  }

  /** One command; null if Redis says so. Fails if there is no answer within 10 s. */
  public Response send(String command, String... arguments) {
    Request request = Request.cmd(Command.create(command));
    for (String argument : arguments) {
      request.arg(argument);
    }
    return Waiting.on(redis.send(request));
  }

  @Override
  public void close() {
    Waiting.on(vertx.close());
  }
}
