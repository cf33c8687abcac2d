package sekisho.app;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.file.FileProblem;
import sekisho.flush.LogFilterTask;
import sekisho.flush.LogFilters;
import sekisho.http.HttpOptions;
import sekisho.http.HttpVerticle;
import sekisho.http.access.AccessLog;
import sekisho.http.connection.AddressLimiter;
import sekisho.http.connection.ConnectionLimiter;
import sekisho.http.connection.ListenException;
import sekisho.http.connection.ListenerTransport;
import sekisho.http.connection.SocketFile;
import sekisho.http.connection.UnixSocket;
import sekisho.http.page.Pages;
import sekisho.http.session.SessionKey;
import sekisho.http.session.SessionKeyFile;
import sekisho.login.NotServing;
import sekisho.login.StoreUnavailableException;
import sekisho.metrics.Event;
import sekisho.metrics.Refusal;
import sekisho.metrics.RefusalLog;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.AllowTable;
import sekisho.mysql.DatabaseException;
import sekisho.mysql.Schema;
import sekisho.mysql.ServiceState;
import sekisho.mysql.UserTable;
import sekisho.net.HostPort;
import sekisho.ops.LiveView;
import sekisho.ops.ManagementServer;
import sekisho.ops.ManagementTokens;
import sekisho.ops.OperatorApi;
import sekisho.ops.Readiness;
import sekisho.ops.StatusReader;
import sekisho.recovery.CounterRebuild;
import sekisho.recovery.RecoveryCoordinator;
import sekisho.redis.InstanceHeartbeat;
import sekisho.redis.RedisAttemptStore;
import sekisho.report.ReportReader;
import sekisho.report.ReportService;
import sekisho.user.Users;

/**
 * The running service: event loops for logins, and apart from them one for the background work
 * (MySQL, repairs, the management port), so that neither waits for the other.
 */
public final class Service implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Service.class);
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration REPLACEMENT_LOOK = Duration.ofMillis(50);
  private static final Duration INSPECTION = Duration.ofSeconds(5);
  private static final Duration TELLING = Duration.ofMillis(100);
  private static final Duration REFUSALS_LOGGED = Duration.ofSeconds(1);

  /** Of the management port, beside those that are served. */
  private static final int MANAGEMENT_REJECTED = 32;

  private static final long ACCESS_LOG_BYTES = 100_000_000;
  private static final String SESSION_KEY_FILE = "session.key";
  private static final String TOKEN_FILE = "management.token";
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Settings settings;
  private final ServiceMetrics metrics = new ServiceMetrics();
  private final Vertx background;
  private final Vertx loops;
  private final Stores stores;
  private final ReportService reports;
  private final RecoveryCoordinator coordinator;
  private final Users users;
  private final List<HttpVerticle> verticles = new CopyOnWriteArrayList<>();
  private final List<String> deployments = new CopyOnWriteArrayList<>();
  private final ConnectionLimiter connections;
  private final Readiness readiness = new Readiness(this::states);
  private final ConnectionLimiter managementConnections;
  private final ListenerTransport transport;
  private final ListenerTransport managementTransport;
  private final RefusalLog refusals = new RefusalLog(metrics);
  private final StatusReader status;
  private final OperatorApi operatorApi;
  private final LogFilterTask logFilters;
  private final ServiceManager manager = ServiceManager.of(System.getenv());
  private volatile boolean listening;
  private @Nullable AccessLog accessLog;
  private @Nullable SocketFile socket;
  private @Nullable SocketFile managementSocket;

  @SuppressWarnings("NullAway.Init") // made by start
  private ManagementServer management;

  private @Nullable InstanceHeartbeat heartbeat;

  private Service(Settings settings) {
    this.settings = settings;
    this.connections =
        new ConnectionLimiter(
            FileDescriptors.connectionsFor(settings.http().maxConnections()),
            FileDescriptors.forRejected(),
            metrics::count);
    this.managementConnections =
        new ConnectionLimiter(
            ManagementServer.MAX_CONNECTIONS,
            MANAGEMENT_REJECTED,
            refusal -> metrics.count(Refusal.MANAGEMENT));
    this.transport = new ListenerTransport(connections);
    this.managementTransport = new ListenerTransport(managementConnections);
    this.background = EventLoops.vertx(1, managementTransport);
    this.loops = EventLoops.vertx(settings.http().eventLoops(), transport);
    this.stores = Stores.of(background, settings, metrics);
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
    this.logFilters = new LogFilterTask(new LogFilters(stores.database()));
    this.status = stores.status(settings, () -> users.current().size());
    this.operatorApi =
        new OperatorApi(
            stores.operators(settings),
            stores.explanations(settings),
            status,
            () -> stores.banList(settings));
  }

  /**
   * Starts the service and waits until it serves.
   *
   * @param settings with the URLs of both stores
   * @throws StartException when it can't start
   */
  public static Service start(Settings settings) {
    HeapRequirements.check(settings, Runtime.getRuntime().maxMemory());
    Service service = new Service(settings);
    try {
      service.start();
      return service;
    } catch (RuntimeException e) {
      service.close();
      throw e;
    }
  }

  /**
   * The port of the public listener.
   *
   * @return the port that was configured, or the free one that was taken; 0 without a TCP listener
   */
  public int port() {
    return verticles.get(0).port();
  }

  /**
   * The port of the management listener.
   *
   * @return the port that was configured, or the free one that was taken
   */
  public int managementPort() {
    return management.port();
  }

  /**
   * Ends the service: after the time to drain it accepts those who wait for it once more, stops
   * accepting, answers every request of which a byte has arrived, and closes everything. The stores
   * are closed last.
   */
  @Override
  public void close() {
    readiness.ending();
    manager.stopping();
    long deadline = System.nanoTime() + settings.shutdown().timeout().toNanos();
    List<HttpVerticle> deployed = verticles.subList(0, deployments.size());
    if (!deployed.isEmpty()) {
      drain(deployed);
    }
    if (socket != null) {
      socket.close();
    }
    if (!deployed.isEmpty()) {
      endConnections(deployed, deadline);
    }
    Duration limit = settings.shutdown().timeout();
    quietly(
        "event loops' verticles",
        Future.join(deployments.stream().map(loops::undeploy).toList()),
        limit);
    if (accessLog != null) {
      accessLog.close();
    }
    reports.close();
    coordinator.close();
    if (heartbeat != null) {
      quietly("heartbeat", heartbeat.close(), limit);
    }
    if (management != null) {
      quietly("management listener", management.close(), limit);
    }
    if (managementSocket != null) {
      managementSocket.close();
    }
    operatorApi.close();
    logFilters.close();
    stores.close();
    quietly("event loops", loops.close(), limit);
    quietly("background", background.close(), limit);
  }

  /** Serves new clients until the proxy has noticed that the service is not ready. */
  private void drain(List<HttpVerticle> deployed) {
    Duration drain = settings.shutdown().drain();
    if (!drain.isZero()) {
      deployed.forEach(HttpVerticle::announceEnd);
      pause(drain.toMillis());
    }
  }

  private void endConnections(List<HttpVerticle> deployed, long deadline) {
    CompletableFuture<Void> closed = connections.closeListeners();
    // Those that were accepted last are known to the event loops by then.
    quietly(
        "listener",
        Future.fromCompletionStage(closed),
        Duration.ofNanos(deadline - System.nanoTime()));
    List<Future<Void>> ended = deployed.stream().map(HttpVerticle::end).toList();
    quietly("connections", Future.join(ended), Duration.ofNanos(deadline - System.nanoTime()));
    connections.closeWithoutHeader(Duration.ZERO);
  }

  private void start() {
    Listeners.requireFree(settings);
    List<SessionKey> keys = sessionKeys();
    Stores.requireReachable(background, settings);
    StoreRequirements.check(stores.redis());
    Pages pages = new Pages(settings.contact());
    // Meanwhile users are loaded and stores compared, which is mostly waiting.
    WarmUp warmUp = new WarmUp(settings, stores.redis(), stores.instance(), pages);
    CompletableFuture<Void> warm =
        CompletableFuture.runAsync(warmUp::run, work -> new Thread(work, "warm-up").start());
    try {
      admit();
    } finally {
      warm.join();
    }
    settings.accessLog().ifPresent(this::openAccessLog);
    HttpVerticle.Services services =
        new HttpVerticle.Services(
            pages,
            users,
            coordinator::allowed,
            this::attemptStore,
            reports::report,
            metrics,
            Optional.ofNullable(accessLog),
            connections,
            new AddressLimiter(settings.connections().perAddress()),
            new AtomicLong(System.nanoTime()),
            new AtomicLong(System.nanoTime()));
    HttpOptions options = httpOptions(keys);
    for (int i = 0; i < settings.http().eventLoops(); i++) {
      HttpVerticle verticle = new HttpVerticle(options, services);
      verticles.add(verticle);
      deployments.add(
          inTime(
              "cannot start an event loop",
              loops.deployVerticle(verticle, new DeploymentOptions())));
    }
    management =
        new ManagementServer(
            background,
            readiness,
            users,
            coordinator,
            metrics,
            managementTokens(),
            settings.management().host(),
            settings.management().profiling(),
            operatorApi,
            status,
            reports::report,
            stores.instance(),
            this::refused,
            connections,
            managementConnections);
    listen(
        "sekisho.management.port",
        settings.management().host(),
        settings.management().port(),
        management.listen(settings.management().host(), settings.management().port()));
    settings.management().socket().ifPresent(this::listenForOperators);
    awaitOpen();
    openSocket();
    for (HttpVerticle verticle : verticles) {
      listen(
          "sekisho.http.port",
          settings.http().host(),
          settings.http().port().orElse(0),
          verticle.listen());
    }
    listening = true;
    heartbeat =
        new InstanceHeartbeat(
            background,
            Stores.redisLocation(settings),
            settings.redis().timeout(),
            stores.keys(),
            stores.instance(),
            this::servedEpoch);
    heartbeat.start();
    logFilters.start();
    background.setPeriodic(INSPECTION.toMillis(), timer -> coordinator.inspect());
    background.setPeriodic(TELLING.toMillis(), timer -> readiness.tell());
    background.setPeriodic(REFUSALS_LOGGED.toMillis(), timer -> refusals.write(System.nanoTime()));
    if (settings.http().proxyProtocol()) {
      background.setPeriodic(
          REFUSALS_LOGGED.toMillis(),
          timer -> connections.closeWithoutHeader(settings.connections().request()));
    }
    LOG.info(
        "serving on {} ({} users, {} event loop(s), {}), ready {} ms after the start of the JVM",
        listeners(),
        users.current().size(),
        settings.http().eventLoops(),
        loops.isNativeTransportEnabled() ? "epoll" : "NIO: no native transport",
        System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime());
    manager.ready("serving on " + listeners());
  }

  private HttpOptions httpOptions(List<SessionKey> keys) {
    Settings.Http http = settings.http();
    return new HttpOptions(
        http.host(),
        http.port(),
        http.socket().map(UnixSocket::path),
        http.proxyProtocol(),
        settings.connections(),
        settings.trustedProxies(),
        settings.ipv6Prefix(),
        keys,
        settings.session().lifetime(),
        settings.session().secure(),
        settings.zone(),
        settings.report().allow(),
        settings.report().timeout());
  }

  private RedisAttemptStore attemptStore(Vertx loop) {
    Settings.Redis redis = settings.redis();
    return new RedisAttemptStore(
        loop,
        Stores.redisLocation(settings),
        stores.keys(),
        settings.thresholds(),
        redis.timeout(),
        redis.copies(),
        redis.maxWaiting(),
        coordinator,
        stores.recent(),
        metrics);
  }

  /** How the event loops are; none until all of them listen, unless one says why it can't serve. */
  private List<Optional<NotServing>> states() {
    List<Optional<NotServing>> states = verticles.stream().map(HttpVerticle::notServing).toList();
    return listening || states.stream().anyMatch(Optional::isPresent) ? states : List.of();
  }

  /** An init that runs is soon done; one that was killed has to be run again. */
  private void awaitReplacement() {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() < deadline
        && stores
            .database()
            .inTransaction(ServiceState::read)
            .map(ServiceState::beingReplaced)
            .orElse(false)
        && stores.database().isTaken(CounterRebuild.REPAIR)) {
      LockSupport.parkNanos(REPLACEMENT_LOOK.toNanos());
    }
  }

  private void openAccessLog(Settings.AccessLogSettings wanted) {
    try {
      accessLog =
          AccessLog.open(
              wanted.format(),
              wanted.file(),
              ACCESS_LOG_BYTES,
              () -> metrics.count(Event.ACCESS_LOG_DROPPED));
    } catch (IOException e) {
      throw new StartException("sekisho.access-log.file: " + e.getMessage());
    }
  }

  private String servedEpoch() {
    String first = verticles.get(0).servedEpoch();
    return verticles.stream().allMatch(verticle -> verticle.servedEpoch().equals(first))
        ? first
        : "";
  }

  private void openSocket() {
    settings
        .http()
        .socket()
        .ifPresent(
            configured -> socket = open("sekisho.http.socket", configured, loops, transport));
  }

  /** As of now: the queue is flushed before. */
  private LiveView.Refused refused() {
    stores.flush().flush();
    return stores
        .database()
        .inTransaction(transaction -> LiveView.refused(transaction, settings.thresholds()));
  }

  private void listenForOperators(UnixSocket configured) {
    managementSocket =
        open("sekisho.management.socket", configured, background, managementTransport);
    listen(
        "sekisho.management.socket",
        configured.path().toString(),
        0,
        management.listen(configured.path()));
  }

  private static SocketFile open(
      String setting, UnixSocket configured, Vertx vertx, ListenerTransport transport) {
    if (!vertx.isNativeTransportEnabled()) {
      throw new StartException(
          setting + ": there is no native transport for this machine, which Unix sockets need");
    }
    try {
      SocketFile opened = SocketFile.open(configured);
      transport.serve(opened.descriptor());
      return opened;
    } catch (ListenException e) {
      throw new StartException(e.getMessage());
    }
  }

  private ManagementTokens managementTokens() {
    if (settings.management().tokens().isPresent()) {
      return settings.management().tokens().get();
    }
    try {
      makeDataDirectory();
      return ManagementTokens.loadOrCreate(settings.dataDirectory().resolve(TOKEN_FILE));
    } catch (IOException | StartException e) {
      // Logins need no such directory.
      LOG.warn(
          "acts over HTTP need sekisho.management.token, as there is none: {}", e.getMessage());
      return ManagementTokens.none();
    }
  }

  private String listeners() {
    String host = settings.http().host();
    return Stream.concat(
            settings.http().port().stream()
                .mapToObj(any -> "http://" + HostPort.text(host, port()) + "/"),
            settings.http().socket().stream().map(known -> "unix:" + known.path()))
        .collect(Collectors.joining(" and "));
  }

  private void admit() {
    try {
      Schema.bringUpToDate(stores.database());
      awaitReplacement();
      coordinator.admit("", 0).await();
    } catch (DatabaseException | StoreUnavailableException e) {
      throw new StartException("cannot use the stores: " + e.getMessage());
    }
  }

  /**
   * The stores of the event loops connect on their own. Nobody is let in before they have, as a
   * proxy sends requests as soon as somebody listens.
   */
  private void awaitOpen() {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    for (Optional<NotServing> why = notServing(); why.isPresent(); why = notServing()) {
      if (System.nanoTime() > deadline) {
        throw new StartException(
            "no attempts are accepted within "
                + START_LIMIT.toSeconds()
                + " s: "
                + why.get().reason());
      }
      pause(2);
    }
  }

  private Optional<NotServing> notServing() {
    return verticles.stream().map(HttpVerticle::notServing).flatMap(Optional::stream).findFirst();
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted");
    }
  }

  private List<SessionKey> sessionKeys() {
    if (!settings.session().keys().isEmpty()) {
      return settings.session().keys();
    }
    Path file = settings.dataDirectory().resolve(SESSION_KEY_FILE);
    makeDataDirectory();
    try {
      return List.of(SessionKeyFile.loadOrCreate(file));
    } catch (IOException e) {
      throw new StartException(e.getMessage());
    }
  }

  private void makeDataDirectory() {
    try {
      Files.createDirectories(settings.dataDirectory(), OWNER_ONLY);
    } catch (IOException e) {
      throw new StartException(
          "cannot make the data directory "
              + settings.dataDirectory()
              + " (sekisho.data.dir): "
              + FileProblem.reason(settings.dataDirectory(), e));
    }
  }

  private static <T> T listen(String setting, String host, int port, Future<T> listening) {
    return inTime(
        "cannot listen on " + HostPort.text(host, port) + " (" + setting + ")", listening);
  }

  private static <T> T inTime(String problem, Future<T> future) {
    try {
      return future.await(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new StartException(problem + " in time");
    } catch (Exception e) {
      // The client throws checked exceptions undeclared.
      throw new StartException(problem + ": " + e.getMessage());
    }
  }

  private static void quietly(String what, Future<?> closing, Duration limit) {
    try {
      closing.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (Exception e) {
      LOG.debug("{} did not close cleanly: {}", what, e.toString());
    }
  }
}
