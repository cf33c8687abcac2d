package sekisho.redis;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.Attempt;
import sekisho.login.AttemptStore;
import sekisho.login.LastLogins;
import sekisho.login.Outcome;
import sekisho.login.StoreUnavailableException;
import sekisho.login.Thresholds;
import sekisho.metrics.ServiceMetrics;

/**
 * The attempt store on Redis, by one connection. Attempts that arrive while a call is in flight go out together in the next one.
 *
 * <p>It is open only while {@link Admission} has admitted it to what Redis holds; otherwise every call fails at once. It lives on
 * one event loop: make it and call it there.
 */
public final class RedisAttemptStore implements AttemptStore {

  private static final Logger LOG = LoggerFactory.getLogger(RedisAttemptStore.class);
  /** Bounds how long one call keeps Redis busy; Lua's stack would allow some thousands. */
  private static final int MAX_BATCH = 500;
  private static final int OTHER_REQUESTS = 8;
  /** In Redis's own words, wherever they stand in what a script fails with. */
  private static final String OUT_OF_MEMORY = "OOM command not allowed";
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);
  private static final Duration ADMISSION_RETRY = Duration.ofMillis(100);

  private final Vertx vertx;
  private final Context context;
  private final RedisKeys keys;
  private final DecideCall decideCall;
  private final int maxWaiting;
  private final Admission admission;
  private final RecentAttempts recent;
  private final ServiceMetrics metrics;
  private final RedisLink link;
  private final LastLoginsReader lastLogins;
  private final long heartbeatTimer;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  private boolean sending;
  /** The generation of the last admission, and the highest sequence number given under it. */
  private String generation = "";
  private long highestSequence;
  private volatile boolean open;
  /** Counts connections, so that an admission for an older one is not taken for the present one. */
  private int epoch;
  private boolean connected;
  private boolean heartbeatInFlight;
  /** Why Redis refused the last batch, empty when it did not. */
  private String refusal = "";

  private record Waiting(Attempt attempt, Promise<Outcome> promise) {
  }

  /**
   * Makes a store and starts connecting.
   *
   * @param vertx the instance on whose current context the store lives
   * @param options where Redis is
   * @param keys the names of the keys
   * @param thresholds the limits
   * @param timeout how long Redis may take for a call
   * @param maxWaiting how many attempts may wait for a call, and how many look-ups for their answer; more are refused
   * @param admission checks what Redis holds
   * @param recent remembers what was answered
   * @param metrics counts outcomes
   */
  public RedisAttemptStore(Vertx vertx, RedisOptions options, RedisKeys keys, Thresholds thresholds, Duration timeout,
      int maxWaiting, Admission admission, RecentAttempts recent, ServiceMetrics metrics) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.keys = keys;
    this.decideCall = new DecideCall(keys, thresholds);
    this.maxWaiting = maxWaiting;
    this.admission = admission;
    this.recent = recent;
    this.metrics = metrics;
    // The client ends a connection on which more requests wait: members' look-ups, a batch, its script, a heartbeat.
    RedisOptions roomy = new RedisOptions(options).setMaxWaitingHandlers(maxWaiting + OTHER_REQUESTS);
    this.link = new RedisLink(vertx, roomy, timeout, this::connectionUp, this::connectionDown);
    this.lastLogins = new LastLoginsReader(link, context, keys.logins(), maxWaiting);
    this.heartbeatTimer = vertx.setPeriodic(HEARTBEAT.toMillis(), timer -> heartbeat());
    link.open();
  }

  /**
   * Whether attempts are accepted now; may be asked from any thread.
   *
   * @return true while connected and admitted
   */
  public boolean isOpen() {
    return open;
  }

  @Override
  public Future<Outcome> decide(Attempt attempt) {
    if (!open) {
      metrics.unavailable(1);
      return Future.failedFuture(new StoreUnavailableException("Redis is not available"));
    }
    if (waiting.size() >= maxWaiting) {
      metrics.unavailable(1);
      return Future.failedFuture(new StoreUnavailableException("too many attempts wait for Redis"));
    }
    Promise<Outcome> promise = Promise.promise();
    waiting.add(new Waiting(attempt, promise));
    if (!sending) {
      sending = true;
      // After this turn of the event loop, so that what came in with it goes out together.
      context.runOnContext(turn -> sendBatch());
    }
    return promise.future();
  }

  @Override
  public Future<Optional<LastLogins>> lastLogins(long userId) {
    if (!open) {
      return Future.failedFuture(new StoreUnavailableException("Redis is not available"));
    }
    return lastLogins.read(userId);
  }

  /** Ends the store; attempts under way fail. */
  public void close() {
    vertx.cancelTimer(heartbeatTimer);
    link.close();
  }

  private void sendBatch() {
    if (!open || waiting.isEmpty()) {
      sending = false;
      return;
    }
    int size = Math.min(waiting.size(), MAX_BATCH);
    List<Attempt> attempts = new ArrayList<>(size);
    List<Promise<Outcome>> promises = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      Waiting next = waiting.poll();
      attempts.add(next.attempt());
      promises.add(next.promise());
    }
    String sentUnder = generation;
    List<byte[]> rowEnds = DecideCall.rowEnds(attempts);
    recent.sending();
    decideCall.send(link::send, sentUnder, highestSequence, attempts, rowEnds).onComplete(reply -> {
      if (reply.succeeded()) {
        recent.add(sentUnder, reply.result(), rowEnds);
      }
      recent.ended();
      if (reply.succeeded()) {
        decided(promises, reply.result());
      } else {
        refused(promises, reply.cause());
      }
      context.runOnContext(turn -> sendBatch());
    });
  }

  private void decided(List<Promise<Outcome>> promises, DecideCall.Reply reply) {
    acceptedAgain();
    highestSequence = Math.max(highestSequence, reply.firstSequence() + promises.size() - 1);
    metrics.batch(reply.queued());
    admission.queueLength(reply.queued());
    admission.directoryVersion(reply.directory());
    for (int i = 0; i < promises.size(); i++) {
      Outcome outcome = reply.outcome(i);
      metrics.decided(outcome);
      promises.get(i).complete(outcome);
    }
  }

  private void refused(List<Promise<Outcome>> promises, Throwable error) {
    StoreUnavailableException cause = RedisErrors.unavailable(error);
    metrics.unavailable(promises.size());
    promises.forEach(promise -> promise.fail(cause));
    if (RedisErrors.is(error, "GENERATION") || RedisErrors.is(error, "SEQUENCE")) {
      shut();
      admit(epoch);
    } else if (RedisErrors.isReply(error)) {
      refusedBecause(error.getMessage());
    }
  }

  /** Says so once, not for each of the thousands of attempts that may meet the same trouble. */
  private void refusedBecause(String reason) {
    if (!reason.equals(refusal)) {
      LOG.error("Redis refuses attempts: {}", reason);
      refusal = reason;
    }
  }

  private void acceptedAgain() {
    if (!refusal.isEmpty()) {
      LOG.info("Redis accepts attempts again");
      refusal = "";
    }
  }

  private void connectionUp() {
    connected = true;
    epoch++;
    admit(epoch);
  }

  private void connectionDown() {
    connected = false;
    epoch++;
    shut();
  }

  /** Stops accepting. What was not sent yet fails now: it has surely not been recorded. */
  private void shut() {
    open = false;
    StoreUnavailableException cause = new StoreUnavailableException("Redis is not available");
    metrics.unavailable(waiting.size());
    for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
      next.promise().fail(cause);
    }
  }

  private void admit(int forEpoch) {
    if (forEpoch != epoch || !connected || open) {
      return;
    }
    admission.admit(generation, highestSequence).onComplete(admitted -> context.runOnContext(turn -> {
      if (forEpoch != epoch || !connected) {
        return;
      }
      if (admitted.succeeded()) {
        if (!generation.equals(admitted.result())) {
          generation = admitted.result();
          highestSequence = 0;
        }
        open = true;
      } else {
        vertx.setTimer(ADMISSION_RETRY.toMillis(), timer -> admit(forEpoch));
      }
    }));
  }

  /** Finds a stalled connection, a history that was replaced and a changed user directory without an attempt's help. */
  private void heartbeat() {
    if (refusal.contains(OUT_OF_MEMORY)) {
      admission.outOfMemory();
    }
    if (!connected || heartbeatInFlight) {
      return;
    }
    int sentIn = epoch;
    heartbeatInFlight = true;
    link.send(Request.cmd(Command.HMGET).arg(keys.state()).arg("generation").arg("directory").arg("sequence")).onComplete(reply -> {
      heartbeatInFlight = false;
      if (reply.succeeded() && sentIn == epoch && open) {
        Response current = reply.result().get(0);
        if (current == null || !current.toString().equals(generation) || number(reply.result().get(2)) < highestSequence) {
          shut();
          admit(epoch);
        } else {
          Response directory = reply.result().get(1);
          admission.directoryVersion(directory == null ? "" : directory.toString());
        }
      }
    });
  }

  private static long number(Response value) {
    try {
      return value == null ? 0 : Long.parseLong(value.toString());
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
