package sekisho.testing;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import sekisho.app.EventLoops;
import sekisho.app.Settings;
import sekisho.app.Stores;
import sekisho.flush.QueueFlush;
import sekisho.login.Attempt;
import sekisho.login.AttemptStore;
import sekisho.login.LastLogins;
import sekisho.login.NotServing;
import sekisho.login.OperatorAct;
import sekisho.login.Outcome;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.AllowTable;
import sekisho.mysql.Schema;
import sekisho.mysql.UserTable;
import sekisho.recovery.RecoveryCoordinator;
import sekisho.recovery.RecoveryStateMachine;
import sekisho.redis.Admission;
import sekisho.redis.RedisAttemptStore;
import sekisho.report.ReportReader;
import sekisho.report.ReportService;
import sekisho.user.Users;
import sekisho.verify.Verification;

/**
 * What one process of the service has below HTTP, wired as the service wires it. Not thread-safe,
 * except for attempts.
 */
public final class TestInstance implements AttemptStore, AutoCloseable {

  private final Settings settings;
  private final ServiceMetrics metrics = new ServiceMetrics();
  private final Vertx vertx = EventLoops.vertx(1);
  private final Context context = vertx.getOrCreateContext();
  private final Stores stores;
  private final Users users;
  private final ReportService reports;
  private final RecoveryCoordinator coordinator;
  private RedisAttemptStore store;

  TestInstance(Settings settings) {
    this.settings = settings;
    this.stores = Stores.of(vertx, settings, metrics);
    this.users = new Users(new UserTable(stores.database()));
    this.reports =
        new ReportService(
            stores.database(), stores.flush(), new ReportReader(settings.thresholds()));
    this.coordinator =
        new RecoveryCoordinator(
            stores.recovery(),
            stores.queue(),
            users,
            new AllowTable(stores.database()),
            reports,
            settings.flush().threshold(),
            settings.flush().maxAge());
  }

  /** Makes the tables that are missing. */
  public void createSchema() {
    Schema.create(stores.database());
  }

  /** Begins to accept attempts, and waits until it does. */
  public TestInstance open() {
    connect(coordinator);
    awaitOpen();
    return this;
  }

  /** Begins to ask for admission, somebody else's if need be. */
  public TestInstance connect(Admission asked) {
    store =
        on(
            () ->
                new RedisAttemptStore(
                    vertx,
                    Stores.redisLocation(settings),
                    TestStores.KEYS,
                    settings.thresholds(),
                    settings.redis().timeout(),
                    settings.redis().copies(),
                    settings.redis().maxWaiting(),
                    asked,
                    stores.recent(),
                    metrics));
    return this;
  }

  /** Waits until attempts are accepted. */
  public void awaitOpen() {
    TestStores.await("attempts are accepted", this::isOpen);
  }

  /** Whether attempts are accepted. */
  @Override
  public boolean isOpen() {
    return store.isOpen();
  }

  @Override
  public String servedEpoch() {
    return store.servedEpoch();
  }

  @Override
  public Future<Outcome> decide(Attempt attempt) {
    return decideTogether(List.of(attempt)).get(0);
  }

  /** Submits attempts in one turn of the event loop, so that they go out together. */
  public List<Future<Outcome>> decideTogether(List<Attempt> attempts) {
    return decideTogetherThen(attempts, index -> {});
  }

  /** The same, and calls somebody on the event loop when the attempt with an index is answered. */
  public List<Future<Outcome>> decideTogetherThen(List<Attempt> attempts, IntConsumer answered) {
    List<Promise<Outcome>> outcomes = new ArrayList<>();
    attempts.forEach(attempt -> outcomes.add(Promise.promise()));
    context.runOnContext(
        turn -> {
          for (int i = 0; i < attempts.size(); i++) {
            int index = i;
            store
                .decide(attempts.get(i))
                .onComplete(outcomes.get(i))
                .onComplete(answer -> answered.accept(index));
          }
        });
    return outcomes.stream().map(Promise::future).toList();
  }

  /** Submits attempts together and waits for their outcomes. */
  public List<Outcome> outcomes(List<Attempt> attempts) {
    return decideTogether(attempts).stream().map(Waiting::on).toList();
  }

  /** Submits one attempt and waits for its outcome. */
  public Outcome outcome(Attempt attempt) {
    return Waiting.on(decide(attempt));
  }

  @Override
  public Future<Optional<LastLogins>> lastLogins(long userId) {
    Promise<Optional<LastLogins>> logins = Promise.promise();
    context.runOnContext(turn -> store.lastLogins(userId).onComplete(logins));
    return logins.future();
  }

  /** Asks for the same user's logins so many times in one turn of the event loop. */
  public List<Future<Optional<LastLogins>>> lastLoginsTogether(int times, long userId) {
    return lastLoginsTogether(times, userId, index -> {});
  }

  /** The same, and calls somebody on the event loop when the look-up with an index is answered. */
  public List<Future<Optional<LastLogins>>> lastLoginsTogether(
      int times, long userId, IntConsumer answered) {
    List<Promise<Optional<LastLogins>>> answers = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      answers.add(Promise.promise());
    }
    context.runOnContext(
        turn -> {
          for (int i = 0; i < times; i++) {
            int index = i;
            store
                .lastLogins(userId)
                .onComplete(answers.get(i))
                .onComplete(answer -> answered.accept(index));
          }
        });
    return answers.stream().map(Promise::future).toList();
  }

  /** Why attempts get no answers, if they do not. */
  @Override
  public Optional<NotServing> notServing() {
    return store.notServing();
  }

  /** Throws anything, also what is checked. */
  @SuppressWarnings("unchecked")
  public static <E extends Throwable> void rethrow(Throwable error) throws E {
    throw (E) error;
  }

  /** Takes an act of an operator, and waits until it is in force. */
  public OperatorAct take(OperatorAct act) {
    return stores
        .acts()
        .take(act.kind(), act.userId(), act.subject(), act.operator(), act.reason())
        .act();
  }

  /** The two stores as the background work sees them. */
  public Stores stores() {
    return stores;
  }

  /** A flush with another size of chunks. */
  public QueueFlush flush(int chunk) {
    return new QueueFlush(
        stores.database(),
        stores.queue(),
        stores.admitted(),
        settings.dataDirectory().resolve("flush"),
        chunk,
        settings.thresholds(),
        metrics);
  }

  /** The comparison before attempts are accepted. */
  public RecoveryStateMachine recovery() {
    return stores.recovery();
  }

  /** What the attempt store asks. */
  public RecoveryCoordinator guard() {
    return coordinator;
  }

  /** The report. */
  public ReportService reports() {
    return reports;
  }

  /** The users in memory. */
  public Users users() {
    return users;
  }

  /** What this process counted. */
  public ServiceMetrics metrics() {
    return metrics;
  }

  /** Compares everything. */
  public Verification.Result verify() {
    return new Verification(stores.database(), stores.redis(), stores.keys(), settings.thresholds())
        .run();
  }

  /** The text of a report made now. */
  public String report() {
    return Waiting.on(reports.report()).toString();
  }

  @Override
  public void close() {
    if (store != null) {
      on(
          () -> {
            store.close();
            return null;
          });
    }
    reports.close();
    coordinator.close();
    stores.close();
    Waiting.on(vertx.close());
  }

  private <T> T on(Supplier<T> work) {
    Promise<T> result = Promise.promise();
    context.runOnContext(
        turn -> {
          try {
            result.complete(work.get());
          } catch (RuntimeException e) {
            result.fail(e);
          }
        });
    return Waiting.on(result.future());
  }
}
