package sekisho.redis;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.Attempt;
import sekisho.login.AttemptStore;
import sekisho.login.LastLogins;
import sekisho.login.NotServing;
import sekisho.login.Outcome;
import sekisho.login.StoreUnavailableException;
import sekisho.login.Thresholds;
import sekisho.metrics.Event;
import sekisho.metrics.ServiceMetrics;
import sekisho.redis.location.RedisLocation;

/**
 * The attempt store on Redis, by one connection. Attempts that arrive while a call is in flight go
 * out together in the next one.
 *
 * <p>It is open only while {@link Admission} has admitted it to what Redis holds; otherwise every
 * call fails at once. It lives on one event loop: make it and call it there.
 *
 * <p>Whatever goes wrong with a batch, an Error too, fails that batch, and the next one is sent:
 * every promise is completed, and {@link #sending} never outlives its batch. {@link #notServing}
 * tells, from any thread, when attempts get no answers.
 */
public final class RedisAttemptStore implements AttemptStore {

  private static final Logger LOG = LoggerFactory.getLogger(RedisAttemptStore.class);

  /** Bounds how long one call keeps Redis busy; Lua's stack would allow some thousands. */
  private static final int MAX_BATCH = 500;

  private static final int OTHER_REQUESTS = 8;

  /** In Redis's own words, wherever they stand in what a script fails with. */
  private static final String OUT_OF_MEMORY = "OOM command not allowed";

  static final String NO_REPLICAS = "NOREPLICAS";

  /** What Redis answers while it cannot write; whether it can again is tried by writing. */
  private static final List<String> CANNOT_WRITE =
      List.of(
          "OOM",
          "MISCONF",
          "READONLY",
          NO_REPLICAS,
          "MASTERDOWN",
          "BUSY",
          "LOADING",
          "CLUSTERDOWN",
          "NOPERM");

  private static final LuaScript TRY_WRITE = LuaScript.named("try_write.lua");

  /** Twice a second, so that a change of the allow-list is in force within one. */
  private static final Duration HEARTBEAT = Duration.ofMillis(500);

  private static final Duration ADMISSION_RETRY = Duration.ofMillis(100);

  private final Vertx vertx;
  private final Context context;
  private final RedisKeys keys;
  private final DecideScript decideCall;
  private final int maxWaiting;
  private final int copies;
  private final long copyLimitMillis;
  private final Admission admission;
  private final ReplayBuffer recent;
  private final ServiceMetrics metrics;
  private final RedisLink link;
  private final LastLoginsReader lastLogins;
  private final long heartbeatTimer;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  private boolean sending;

  /** The epoch of the last admission, and the highest sequence number given under it. */
  private volatile String epoch = "";

  private long highestSequence;
  private final StoreHealth health;

  /** Counts connections, so that an admission for an older one is not taken for the present one. */
  private int connectionNumber;

  private boolean connected;
  private boolean heartbeatInFlight;

  private record Waiting(Attempt attempt, Promise<Outcome> promise) {}

  /**
   * @param timeout how long Redis may take for a call
   * @param copies how many replicas must have an attempt before it is answered, 0 for none
   * @param maxWaiting how many attempts may wait for a call, and how many look-ups for their
   *     answer; more are refused
   */
  public RedisAttemptStore(
      Vertx vertx,
      RedisLocation location,
      RedisKeys keys,
      Thresholds thresholds,
      Duration timeout,
      int copies,
      int maxWaiting,
      Admission admission,
      ReplayBuffer recent,
      ServiceMetrics metrics) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.keys = keys;
    this.decideCall = new DecideScript(keys, thresholds);
    this.maxWaiting = maxWaiting;
    this.copies = copies;
    this.copyLimitMillis = Math.max(1, timeout.toMillis() / 2);
    this.admission = admission;
    this.recent = recent;
    this.metrics = metrics;
    // A call is sent again when Redis did not know the script, and each time it may take as long as
    // the time-out.
    this.health = new StoreHealth(timeout.multipliedBy(3).plus(HEARTBEAT));
    this.link =
        new RedisLink(
            vertx,
            location,
            // The client ends a connection on which more requests wait: members' look-ups, a batch,
            // its script, a heartbeat.
            maxWaiting + OTHER_REQUESTS,
            timeout,
            this::connectionUp,
            this::connectionDown,
            this::connectionFailed);
    this.lastLogins =
        new LastLoginsReader(link, context, keys.logins(), maxWaiting, admission::malformed);
    this.heartbeatTimer = vertx.setPeriodic(HEARTBEAT.toMillis(), timer -> heartbeat());
    link.open();
  }

  @Override
  public boolean isOpen() {
    return health.isOpen();
  }

  @Override
  public Optional<NotServing> notServing() {
    return health.notServing();
  }

  @Override
  public String servedEpoch() {
    return health.isOpen() ? epoch : "";
  }

  @Override
  public Future<Outcome> decide(Attempt attempt) {
    if (!health.isOpen()) {
      metrics.count(Event.UNAVAILABLE);
      return Future.failedFuture(unavailable());
    }
    if (waiting.size() >= maxWaiting) {
      metrics.count(Event.UNAVAILABLE);
      return Future.failedFuture(new StoreUnavailableException("too many attempts wait for Redis"));
    }
    Promise<Outcome> promise = Promise.promise();
    waiting.add(new Waiting(attempt, promise));
    if (!sending) {
      sending = true;
      health.batchBegun();
      // After this turn of the event loop, so that what came in with it goes out together.
      context.runOnContext(turn -> sendBatch());
    }
    return promise.future();
  }

  @Override
  public Future<Optional<LastLogins>> lastLogins(long userId) {
    if (!health.isOpen()) {
      return Future.failedFuture(unavailable());
    }
    return lastLogins.read(userId);
  }

  @Override
  public void close() {
    vertx.cancelTimer(heartbeatTimer);
    link.close();
  }

  private StoreUnavailableException unavailable() {
    return new StoreUnavailableException(health.reason());
  }

  private void sendBatch() {
    if (!health.isOpen() || waiting.isEmpty()) {
      sending = false;
      health.idle();
      return;
    }
    List<Waiting> batch = List.of();
    try {
      health.batchBegun();
      batch = takeBatch();
      send(batch);
    } catch (RuntimeException | Error e) {
      // Nothing was taken when there was no memory for the batch itself.
      failed(batch.isEmpty() ? waiting : batch, e);
      waiting.removeIf(each -> each.promise().future().isComplete());
      next();
    }
  }

  private List<Waiting> takeBatch() {
    int size = Math.min(waiting.size(), MAX_BATCH);
    List<Waiting> batch = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      batch.add(waiting.poll());
    }
    return batch;
  }

  private void send(List<Waiting> batch) {
    List<Attempt> attempts = new ArrayList<>(batch.size());
    batch.forEach(each -> attempts.add(each.attempt()));
    String sentUnder = epoch;
    List<byte[]> rowEnds = DecideScript.rowEnds(attempts);
    Future<DecideScript.Reply> replied;
    recent.sending();
    try {
      replied =
          decideCall.send(
              copies == 0 ? link::send : this::sendAndCopy, sentUnder, highestSequence, attempts);
    } catch (RuntimeException | Error e) {
      recent.ended();
      throw e;
    }
    replied.onComplete(
        reply -> {
          try {
            remember(sentUnder, reply, rowEnds);
            if (reply.succeeded()) {
              decided(batch, reply.result());
            } else {
              refused(batch, reply.cause());
            }
          } catch (RuntimeException | Error e) {
            failed(batch, e);
          } finally {
            next();
          }
        });
  }

  /**
   * Sends a request, and passes its reply on once replicas have what it wrote. Where they have not
   * in time, the attempts were decided and recorded, but get no answer.
   */
  private Future<Response> sendAndCopy(Request request) {
    Future<Response> reply = link.send(request);
    Future<Response> copied = link.send(Request.cmd(Command.WAIT).arg(copies).arg(copyLimitMillis));
    return reply.compose(
        written ->
            copied.compose(
                have ->
                    have.toInteger() >= copies
                        ? Future.succeededFuture(written)
                        : Future.failedFuture(
                            new StoreUnavailableException(
                                "Redis: only "
                                    + have
                                    + " of "
                                    + copies
                                    + " replicas had the attempts within "
                                    + copyLimitMillis
                                    + " ms (sekisho.redis.copies)"))));
  }

  private void next() {
    context.runOnContext(turn -> sendBatch());
  }

  /** Before anybody is answered: what was answered must be remembered. */
  private void remember(
      String sentUnder, AsyncResult<DecideScript.Reply> reply, List<byte[]> rowEnds) {
    try {
      if (reply.succeeded()) {
        recent.add(sentUnder, reply.result(), rowEnds);
      }
    } finally {
      recent.ended();
    }
  }

  private void decided(List<Waiting> batch, DecideScript.Reply reply) {
    highestSequence = Math.max(highestSequence, reply.lastSequence());
    metrics.count(Event.BATCH);
    metrics.storeCalls().record(health.batchNanos(), batch.size());
    // Before the answers: a client that has one must not find the service unready for an earlier
    // failure.
    acceptedAgain();
    for (int i = 0; i < batch.size(); i++) {
      answer(batch.get(i), reply, i);
    }
  }

  /** What goes wrong where one answer is used is no business of the others. */
  private void answer(Waiting asked, DecideScript.Reply reply, int index) {
    if (!reply.decided(index)) {
      malformed(asked);
      return;
    }
    try {
      Outcome outcome = reply.outcome(index);
      metrics.count(outcome);
      asked.promise().complete(outcome);
    } catch (RuntimeException | Error e) {
      failed(List.of(asked), e);
    }
  }

  private void malformed(Waiting asked) {
    String user =
        asked.attempt().userId().isPresent()
            ? " or of user " + asked.attempt().userId().getAsLong()
            : "";
    String problem =
        "what Redis holds of address "
            + asked.attempt().address()
            + user
            + " is not what this service writes";
    metrics.count(Event.UNAVAILABLE);
    asked.promise().tryFail(new StoreUnavailableException(problem));
    admission.malformed(problem);
  }

  private void refused(List<Waiting> batch, Throwable error) {
    StoreUnavailableException cause = RedisErrors.unavailable(error);
    metrics.count(Event.UNAVAILABLE, batch.size());
    batch.forEach(each -> each.promise().tryFail(cause));
    if (RedisErrors.is(error, "EPOCH") || RedisErrors.is(error, "BEHIND")) {
      shut("the stores are being compared");
      admit(connectionNumber);
    } else if (RedisErrors.isReply(error)) {
      String reason = link.explain(error);
      if (health.failed(
          reason, CANNOT_WRITE.stream().anyMatch(code -> RedisErrors.mentions(error, code)))) {
        LOG.error("Redis refuses attempts: {}", reason);
      }
      if (RedisErrors.mentions(error, "WRONGTYPE")) {
        admission.malformed("a key of Redis is of another type (" + error.getMessage() + ")");
      }
    }
  }

  /**
   * An exception or Error of our own: these attempts get no outcome, though they may be recorded,
   * and the next ones are sent.
   */
  private void failed(Collection<Waiting> batch, Throwable error) {
    metrics.count(Event.UNAVAILABLE, batch.size());
    // Before the answers: a client that has one must find the service unready.
    boolean isNews = health.failed("attempts fail in this process: " + error, false);
    StoreUnavailableException cause =
        new StoreUnavailableException("an error in this process: " + error);
    for (Waiting each : batch) {
      try {
        each.promise().tryFail(cause);
      } catch (RuntimeException | Error e) {
        LOG.debug("an attempt was not answered with 503", e);
      }
    }
    if (isNews) {
      LOG.error("attempts were answered with 503 because of an error in this process", error);
    }
  }

  private void acceptedAgain() {
    if (health.succeeded()) {
      LOG.info("Redis accepts attempts again");
    }
  }

  private void connectionUp() {
    connected = true;
    connectionNumber++;
    health.closed("the stores are being compared");
    admit(connectionNumber);
  }

  private void connectionDown() {
    connected = false;
    connectionNumber++;
    shut(link.problem());
  }

  private void connectionFailed() {
    health.closed(link.problem());
  }

  /** Stops accepting. What was not sent yet fails now: it has surely not been recorded. */
  private void shut(String reason) {
    health.closed(reason);
    StoreUnavailableException cause = unavailable();
    metrics.count(Event.UNAVAILABLE, waiting.size());
    for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
      next.promise().tryFail(cause);
    }
  }

  private void admit(int forConnection) {
    if (forConnection != connectionNumber || !connected || health.isOpen()) {
      return;
    }
    admission
        .admit(epoch, highestSequence)
        .onComplete(
            admitted ->
                context.runOnContext(
                    turn -> {
                      if (forConnection != connectionNumber || !connected) {
                        return;
                      }
                      if (admitted.succeeded()) {
                        if (!epoch.equals(admitted.result())) {
                          epoch = admitted.result();
                          highestSequence = 0;
                        }
                        health.opened();
                      } else {
                        String reason = admitted.cause().getMessage();
                        health.closed(reason == null ? admitted.cause().toString() : reason);
                        vertx.setTimer(ADMISSION_RETRY.toMillis(), timer -> admit(forConnection));
                      }
                    }));
  }

  /**
   * Finds a stalled connection, a history that was replaced, a changed user directory and a long
   * queue: once a second is soon enough, and an attempt costs less without.
   */
  private void heartbeat() {
    health.heartbeat();
    if (health.failedBecause(OUT_OF_MEMORY)) {
      admission.moveQueueSoon();
    }
    if (!connected || heartbeatInFlight) {
      return;
    }
    int sentIn = connectionNumber;
    Future<Response> state =
        link.send(
            Request.cmd(Command.HMGET)
                .arg(keys.state())
                .arg("generation")
                .arg("directory")
                .arg("sequence")
                .arg("allowed"));
    requireReplicas();
    link.send(Request.cmd(Command.LLEN).arg(keys.queue()))
        .onSuccess(length -> waitingForMySql(length.toLong()));
    heartbeatInFlight = true;
    state.onComplete(
        reply -> {
          heartbeatInFlight = false;
          if (reply.succeeded() && sentIn == connectionNumber && health.isOpen()) {
            compare(reply.result());
          }
        });
    if (health.cannotWrite() && health.isOpen()) {
      // The attempts that would show it may have been led elsewhere.
      TRY_WRITE
          .run(link::send, TRY_WRITE.call(List.of(keys.state())))
          .onSuccess(written -> acceptedAgain());
    }
  }

  /**
   * Closes the store while Redis has fewer replicas than its min-replicas-to-write. Redis refuses
   * each attempt then; this finds it out without one, by a command that counts as a write and
   * changes nothing.
   */
  private void requireReplicas() {
    int sentIn = connectionNumber;
    link.send(Request.cmd(Command.HDEL).arg(keys.state()).arg(""))
        .onFailure(
            error -> {
              if (!RedisErrors.is(error, NO_REPLICAS) || sentIn != connectionNumber) {
                return;
              }
              link.followMove();
              if (health.isOpen()) {
                LOG.error("attempts are refused: {}", link.explain(error));
                shut(link.explain(error));
                admission.moveQueueSoon();
                admit(connectionNumber);
              }
            });
  }

  private void waitingForMySql(long length) {
    metrics.queueLength(length);
    try {
      admission.queueLength(length);
    } catch (RuntimeException | Error e) {
      failed(List.of(), e);
    }
  }

  private void compare(Response state) {
    Response current = state.get(0);
    if (current == null
        || !current.toString().equals(epoch)
        || number(state.get(2)) < highestSequence) {
      shut("the stores are being compared");
      admit(connectionNumber);
    } else {
      Response directory = state.get(1);
      admission.directoryVersion(directory == null ? "" : directory.toString());
      Response allowed = state.get(3);
      admission.allowListVersion(allowed == null ? "" : allowed.toString());
    }
  }

  private static long number(Response value) {
    try {
      return value == null ? 0 : Long.parseLong(value.toString());
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
