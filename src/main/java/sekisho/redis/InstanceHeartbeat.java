package sekisho.redis;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.redis.location.RedisLocation;

/**
 * Writes into Redis what this instance serves: once a second, and at once when that changes. It has
 * a connection of its own, and writes whether or not attempts are accepted, so that others can tell
 * an instance that is not ready from one that is gone.
 */
public final class InstanceHeartbeat {

  private static final Logger LOG = LoggerFactory.getLogger(InstanceHeartbeat.class);
  private static final LuaScript HEARTBEAT = LuaScript.named("heartbeat.lua");

  /** How often to look whether something has changed: who waits for that waits so much longer. */
  private static final Duration LOOK = Duration.ofMillis(50);

  private static final int LOOKS_PER_BEAT = 20;
  private static final int MOST_REQUESTS = 8;
  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final Context context;
  private final RedisLocation location;
  private final Duration timeout;
  private final String key;
  private final String instance;
  private final Supplier<String> served;

  /** The fields below belong to the context's event loop. */
  @SuppressWarnings("NullAway.Init") // made by start, before any use
  private RedisLink link;

  private long timer;
  private @Nullable String written;
  private int looks;
  private boolean inFlight;

  /**
   * @param timeout how long Redis may take for a call
   * @param served the epoch under which all event loops accept attempts now, empty for none; may be
   *     asked from any thread
   */
  public InstanceHeartbeat(
      Vertx vertx,
      RedisLocation location,
      Duration timeout,
      RedisKeys keys,
      String instance,
      Supplier<String> served) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.location = location;
    this.timeout = timeout;
    this.key = keys.instances();
    this.instance = instance;
    this.served = served;
  }

  /** Starts writing. */
  public void start() {
    context.runOnContext(
        run -> {
          link =
              new RedisLink(
                  vertx, location, MOST_REQUESTS, timeout, this::beat, () -> {}, () -> {});
          link.open();
          timer = vertx.setPeriodic(LOOK.toMillis(), tick -> look());
        });
  }

  /**
   * Stops writing, and takes the instance out of Redis.
   *
   * @return completes when that is done, or has failed: then the instance is taken for one that was
   *     killed
   */
  public Future<Void> close() {
    return Future.future(
        done ->
            context.runOnContext(
                run -> {
                  if (link == null) {
                    done.complete();
                    return;
                  }
                  vertx.cancelTimer(timer);
                  link.send(Request.cmd(Command.HDEL).arg(key).arg(instance))
                      .timeout(LEAVE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                      .onComplete(
                          left -> {
                            link.close();
                            done.complete();
                          });
                }));
  }

  private void look() {
    if (++looks >= LOOKS_PER_BEAT || !served.get().equals(written)) {
      beat();
    }
  }

  private void beat() {
    if (inFlight) {
      return;
    }
    String now = served.get();
    looks = 0;
    inFlight = true;
    HEARTBEAT
        .run(link::send, HEARTBEAT.call(List.of(key)).arg(instance).arg(now))
        .onComplete(
            reply -> {
              inFlight = false;
              written = now;
              if (reply.failed()) {
                LOG.debug("no heartbeat: {}", reply.cause().getMessage());
              }
            });
  }
}
