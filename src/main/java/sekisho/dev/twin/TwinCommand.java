package sekisho.dev.twin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.PrintWriter;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import sekisho.app.EventLoops;
import sekisho.app.Settings;
import sekisho.app.SettingsLoader;
import sekisho.dev.seed.SeedDataset;
import sekisho.http.HttpOptions;
import sekisho.http.HttpVerticle;
import sekisho.http.connection.AddressLimiter;
import sekisho.http.connection.ConnectionLimiter;
import sekisho.http.page.Pages;
import sekisho.http.session.SessionKey;
import sekisho.login.RecordedAttempt;
import sekisho.metrics.ServiceMetrics;
import sekisho.net.AllowList;
import sekisho.user.UserDirectory;
import sekisho.user.UserDirectoryBuilder;
import sekisho.user.UserSource;
import sekisho.user.Users;

/**
 * Serves the seeded state from memory. Takes the listener's settings as the service does; stores
 * and management port are not used.
 */
@Command(
    name = "bench-twin",
    mixinStandardHelpOptions = true,
    description = {
      "Serves the seeded users from memory alone, as a yardstick for benchmarks: the same pages, rules and"
          + " listener, no Redis, no MySQL.",
      "It forgets everything when it ends, and is in the seeded state when it starts."
    })
public final class TwinCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Settings settings = SettingsLoader.load(System.getenv());
    SeedDataset seed = SeedDataset.generate();
    Users users = new Users(new Seeded(seed));
    users.load();
    ForgetfulStore store = new ForgetfulStore(settings.thresholds(), log(seed));
    ObjectMapper json = new ObjectMapper();
    ServiceMetrics metrics = new ServiceMetrics();
    HttpVerticle.Services services =
        new HttpVerticle.Services(
            new Pages(settings.contact()),
            users,
            () -> AllowList.NONE,
            loop -> store,
            () -> report(json, store, users.current()),
            metrics,
            Optional.empty(),
            new ConnectionLimiter(
                settings.http().maxConnections(), settings.http().maxConnections(), metrics::count),
            new AddressLimiter(settings.connections().perAddress()),
            new AtomicLong(System.nanoTime()),
            new AtomicLong(System.nanoTime()));
    Vertx vertx = EventLoops.vertx(settings.http().eventLoops());
    int port = settings.http().port().orElse(0);
    for (int i = 0; i < settings.http().eventLoops(); i++) {
      HttpVerticle verticle = new HttpVerticle(options(settings, port), services);
      vertx
          .deployVerticle(verticle, new DeploymentOptions())
          .compose(deployed -> verticle.listen())
          .await();
      port = verticle.port();
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "the twin serves on " + settings.http().host() + ":" + port + ", from memory alone");
    out.flush();
    new CountDownLatch(1).await();
    return 0;
  }

  private static HttpOptions options(Settings settings, int port) {
    return new HttpOptions(
        settings.http().host(),
        OptionalInt.of(port),
        Optional.empty(),
        settings.http().proxyProtocol(),
        settings.connections(),
        settings.trustedProxies(),
        settings.ipv6Prefix(),
        List.of(SessionKey.random()),
        settings.session().lifetime(),
        settings.session().secure(),
        settings.zone(),
        settings.report().allow(),
        settings.report().timeout());
  }

  private static Future<Buffer> report(
      ObjectMapper json, ForgetfulStore store, UserDirectory users) {
    try {
      return Future.succeededFuture(
          Buffer.buffer(
              json.writeValueAsBytes(store.report(id -> users.nameOf(id).orElseThrow()))));
    } catch (JsonProcessingException e) {
      return Future.failedFuture(e);
    }
  }

  private static List<RecordedAttempt> log(SeedDataset seed) {
    return seed.attempts().stream()
        .map(
            attempt ->
                new RecordedAttempt(
                    attempt.id(),
                    attempt.createdAt().toInstant(ZoneOffset.UTC),
                    OptionalLong.of(attempt.user().id()),
                    attempt.user().login(),
                    attempt.ip(),
                    attempt.succeeded()))
        .toList();
  }

  /** The users of the seed, without a database. */
  private record Seeded(SeedDataset seed) implements UserSource {

    private static final int TEXT = 32;

    @Override
    public Size size() {
      return new Size(seed.users().size(), (long) TEXT * seed.users().size());
    }

    @Override
    public UserDirectory load(Size expected) {
      UserDirectoryBuilder users = new UserDirectoryBuilder(expected.users(), expected.textBytes());
      seed.users()
          .forEach(user -> users.add(user.id(), user.login(), user.passwordHash(), user.salt()));
      return users.build();
    }
  }
}
