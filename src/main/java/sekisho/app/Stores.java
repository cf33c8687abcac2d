package sekisho.app;

import io.vertx.core.Vertx;
import java.util.function.LongSupplier;
import sekisho.flush.QueueFlush;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.Database;
import sekisho.mysql.UserTable;
import sekisho.net.ClientPrefix;
import sekisho.ops.BanList;
import sekisho.ops.ExplanationReader;
import sekisho.ops.Operators;
import sekisho.ops.StatusReader;
import sekisho.recovery.CounterRebuild;
import sekisho.recovery.MissingAttempts;
import sekisho.recovery.RecoveryBarrier;
import sekisho.recovery.RecoveryStateMachine;
import sekisho.recovery.StoreComparison;
import sekisho.redis.AdmittedEpoch;
import sekisho.redis.BlockingRedis;
import sekisho.redis.EpochFence;
import sekisho.redis.LoginQueue;
import sekisho.redis.OperatorActs;
import sekisho.redis.RecoveredAttempts;
import sekisho.redis.RedisKeys;
import sekisho.redis.ReplayBuffer;
import sekisho.redis.RunningInstances;
import sekisho.redis.location.RedisLocation;

/**
 * The two stores as the background work sees them, wired for the given settings.
 *
 * @param database MySQL
 * @param keys the names of its keys
 * @param queue the login queue
 * @param fence whether attempts are accepted
 * @param flush moves the queue to MySQL
 * @param recent what this process answered lately
 * @param admitted what of Redis this process was admitted to
 * @param acts takes what operators do
 * @param rebuild makes the counters again
 * @param recovery decides whether attempts may be accepted
 * @param instance the name of this instance among those that share the stores
 */
public record Stores(
    Database database,
    BlockingRedis redis,
    RedisKeys keys,
    LoginQueue queue,
    EpochFence fence,
    QueueFlush flush,
    ReplayBuffer recent,
    AdmittedEpoch admitted,
    OperatorActs acts,
    CounterRebuild rebuild,
    RecoveryStateMachine recovery,
    String instance)
    implements AutoCloseable {

  /**
   * A call of the background work may be as large as thousands of attempts'; nobody waits for its
   * answer alone.
   */
  private static final int BACKGROUND_PATIENCE = 5;

  /** Below the data directory. */
  private static final String FLUSH_DIRECTORY = "flush";

  /**
   * Wires the stores; nothing is connected yet.
   *
   * @param vertx runs the connections
   * @param settings with both URLs
   * @param metrics counts what the background work does
   * @throws StartException when the settings can't be used
   */
  public static Stores of(Vertx vertx, Settings settings, ServiceMetrics metrics) {
    Database database =
        new Database(vertx, StoreOptions.mySql(settings.mysql()), settings.mysql().timeout());
    BlockingRedis redis =
        new BlockingRedis(
            vertx,
            redisLocation(settings),
            settings.redis().timeout().multipliedBy(BACKGROUND_PATIENCE));
    RedisKeys keys = RedisKeys.under(settings.redis().keyPrefix());
    LoginQueue queue = new LoginQueue(redis, keys);
    EpochFence fence = new EpochFence(redis, keys);
    ReplayBuffer recent = new ReplayBuffer(settings.redis().recentBytes());
    AdmittedEpoch admitted = new AdmittedEpoch(recent);
    QueueFlush flush =
        new QueueFlush(
            database,
            queue,
            admitted,
            settings.dataDirectory().resolve(FLUSH_DIRECTORY),
            settings.flush().chunk(),
            settings.thresholds(),
            metrics);
    MissingAttempts lost = new MissingAttempts(database, queue, recent);
    CounterRebuild rebuild = new CounterRebuild(database, keys, queue, fence, flush);
    RecoveredAttempts recovered = new RecoveredAttempts(redis, keys);
    String instance = InstanceName.of(settings.http());
    RecoveryBarrier barrier =
        new RecoveryBarrier(
            database, recovered, recent, lost, instance, settings.redis().timeout());
    StoreComparison comparison = new StoreComparison(database, redis, queue, fence, recent);
    return new Stores(
        database,
        redis,
        keys,
        queue,
        fence,
        flush,
        recent,
        admitted,
        new OperatorActs(redis, keys, queue, admitted),
        rebuild,
        new RecoveryStateMachine(
            database,
            queue,
            fence,
            admitted,
            comparison,
            lost,
            recovered,
            barrier,
            rebuild,
            metrics),
        instance);
  }

  /**
   * Checks that both stores can be reached.
   *
   * @param vertx runs the connections
   * @param settings with both URLs
   * @throws StartException when one can't be reached, in one line that says why
   */
  public static void requireReachable(Vertx vertx, Settings settings) {
    StoreConnections.tryRedis(
        vertx,
        redisLocation(settings),
        settings.redis().keyPrefix(),
        settings.redis().copies() > 0);
    StoreConnections.tryMySql(vertx, StoreOptions.mySql(settings.mysql()));
  }

  /**
   * Where Redis is.
   *
   * @param settings with the URL of Redis
   * @throws StartException when the settings can't be used
   */
  public static RedisLocation redisLocation(Settings settings) {
    return StoreOptions.redis(settings.redis());
  }

  /** What operators do, on these stores. */
  public Operators operators(Settings settings) {
    return new Operators(
        database,
        queue,
        acts,
        new ClientPrefix(settings.ipv6Prefix()),
        settings.thresholds(),
        flush::flush);
  }

  /** Explains why an address or a user is let in or not. */
  public ExplanationReader explanations(Settings settings) {
    return new ExplanationReader(database, redis, keys, queue, settings.thresholds());
  }

  /** Says how the service is; counts the users in MySQL. */
  public StatusReader status(Settings settings) {
    return status(settings, () -> new UserTable(database).size().users());
  }

  /**
   * Says how the service is.
   *
   * @param users how many there are, where that is known: to count millions takes MySQL seconds
   */
  public StatusReader status(Settings settings, LongSupplier users) {
    return new StatusReader(
        database,
        queue,
        new RunningInstances(redis, keys),
        settings.thresholds(),
        settings.flush().threshold(),
        users);
  }

  /** Flushes, and reads who is refused. */
  public BanList banList(Settings settings) {
    flush.flush();
    return database.inTransaction(transaction -> BanList.read(transaction, settings.thresholds()));
  }

  @Override
  public void close() {
    redis.close();
    database.close();
  }
}
