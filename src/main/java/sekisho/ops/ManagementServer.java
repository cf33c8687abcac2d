package sekisho.ops;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import sekisho.http.connection.ConnectionLimiter;
import sekisho.http.connection.ConnectionLimits;
import sekisho.http.connection.Connections;
import sekisho.http.request.BadRequestException;
import sekisho.http.request.HttpDate;
import sekisho.login.NotServing;
import sekisho.metrics.Refusal;
import sekisho.metrics.ServiceMetrics;
import sekisho.recovery.RecoveryCoordinator;
import sekisho.user.Users;

/**
 * The listener for operators: {@code GET /livez}, {@code /readyz}, {@code /metrics}, {@code POST
 * /reload}, and what {@link OperatorApi} adds. {@link ManagementAccess} says who may do what.
 */
public final class ManagementServer {

  /**
   * Connections that may be open at once; at one more, the one that has been idle for longest is
   * closed.
   */
  public static final int MAX_CONNECTIONS = 64;

  private final Readiness readiness;
  private final Users users;
  private final RecoveryCoordinator coordinator;
  private final StoreGauges storeGauges;
  private final MetricsPage metricsPage;
  private final HttpServer server;
  private final HttpServer socketServer;

  private static final ConnectionLimits LIMITS =
      new ConnectionLimits(
          MAX_CONNECTIONS, Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ofSeconds(30));
  private static final int MAX_BODY = 8192;

  /**
   * @param profiling whether there is {@code /debug/profile}
   * @param report has a report made, soon
   */
  public ManagementServer(
      Vertx vertx,
      Readiness readiness,
      Users users,
      RecoveryCoordinator coordinator,
      ServiceMetrics metrics,
      ManagementTokens tokens,
      String host,
      boolean profiling,
      OperatorApi api,
      StatusReader status,
      Runnable report,
      String instance,
      Supplier<LiveView.Refused> lists,
      ConnectionLimiter connections,
      ConnectionLimiter slots) {
    this.readiness = readiness;
    this.users = users;
    this.coordinator = coordinator;
    this.storeGauges = new StoreGauges(vertx, status, api, report);
    this.metricsPage =
        new MetricsPage(
            metrics, users, () -> readiness.notReady().isEmpty(), connections, storeGauges);
    LiveView live = new LiveView(vertx, instance, metrics, users, readiness, api, lists);
    Optional<FlightRecording> recording =
        profiling ? Optional.of(new FlightRecording(api)) : Optional.empty();
    Consumer<Refusal> refusals = refusal -> metrics.count(Refusal.MANAGEMENT);
    HttpServerOptions options = Connections.serverOptions(LIMITS);
    Connections guarded = new Connections(options, LIMITS, MAX_BODY, refusals, exchange -> {});
    guarded.watch(vertx);
    this.server =
        server(
            vertx,
            options,
            slots,
            guarded,
            refusals,
            routes(vertx, ManagementAccess.overTcp(host, tokens), api, live, recording));
    this.socketServer =
        server(
            vertx,
            options,
            slots,
            guarded,
            refusals,
            routes(vertx, ManagementAccess.overSocket(tokens), api, live, recording));
  }

  private Router routes(
      Vertx vertx,
      ManagementAccess access,
      OperatorApi api,
      LiveView live,
      Optional<FlightRecording> recording) {
    Router router = Router.router(vertx);
    router.route().handler(ManagementServer::date);
    router.route().handler(access);
    get(router, "/livez")
        .handler(context -> json(context, 200, new JsonObject().put("status", "alive")));
    get(router, "/readyz").handler(this::readyz);
    get(router, "/metrics")
        .handler(
            context ->
                storeGauges
                    .refresh()
                    .onComplete(
                        read ->
                            send(context, MetricsPage.TYPE, Buffer.buffer(metricsPage.render()))));
    router.post("/reload").handler(this::reload);
    api.addTo(router);
    live.addTo(router);
    recording.ifPresent(made -> get(router, "/debug/profile").handler(made::handle));
    return router;
  }

  private static HttpServer server(
      Vertx vertx,
      HttpServerOptions options,
      ConnectionLimiter slots,
      Connections guarded,
      Consumer<Refusal> refusals,
      Router router) {
    return vertx
        .createHttpServer(options)
        .connectionHandler(
            connection -> {
              if (slots.admit(connection)) {
                guarded.guard(connection);
              }
            })
        .invalidRequestHandler(
            request -> {
              refusals.accept(Refusal.MALFORMED);
              refuse(request);
            })
        .requestHandler(router);
  }

  private static void refuse(HttpServerRequest request) {
    int status =
        request.decoderResult().cause() instanceof BadRequestException known ? known.status() : 400;
    request
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.DATE, HttpDate.now())
        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
        .end();
  }

  /**
   * Starts listening.
   *
   * @param host the address
   * @param port the port, 0 for any free one
   * @return completes when it listens
   */
  public Future<?> listen(String host, int port) {
    return server.listen(port, host);
  }

  /**
   * Starts listening on a Unix socket, too.
   *
   * @param path of a socket that was opened before
   * @return completes when it listens
   */
  public Future<?> listen(Path path) {
    return socketServer.listen(SocketAddress.domainSocketAddress(path.toString()));
  }

  /**
   * The port that the server listens on.
   *
   * @return the port, once listening
   */
  public int port() {
    return server.actualPort();
  }

  /**
   * Stops listening.
   *
   * @return completes when all connections are closed
   */
  public Future<Void> close() {
    return Future.join(server.close(), socketServer.close()).mapEmpty();
  }

  static Route get(Router router, String path) {
    return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
  }

  private static void date(RoutingContext context) {
    context.response().putHeader(HttpHeaders.DATE, HttpDate.now());
    context.next();
  }

  private void readyz(RoutingContext context) {
    Optional<NotServing> notReady = readiness.notReady();
    JsonObject body =
        new JsonObject().put("status", notReady.isEmpty() ? "ready" : "attempts are not accepted");
    notReady.ifPresent(
        why -> body.put("reason", why.reason()).put("since", readiness.since(why).toString()));
    json(context, notReady.isEmpty() ? 200 : 503, body.put("users", users.current().size()));
  }

  private void reload(RoutingContext context) {
    coordinator
        .reloadUsers()
        .onSuccess(count -> json(context, 200, new JsonObject().put("users", count)))
        .onFailure(error -> json(context, 503, new JsonObject().put("error", error.getMessage())));
  }

  static void json(RoutingContext context, int status, JsonObject body) {
    json(context, status, body.toBuffer());
  }

  /** Answers, from any thread. */
  static void json(RoutingContext context, int status, Buffer body) {
    context
        .vertx()
        .runOnContext(
            turn -> {
              context.response().setStatusCode(status);
              send(context, "application/json", body);
            });
  }

  static void send(RoutingContext context, String type, Buffer body) {
    HttpServerResponse response =
        context
            .response()
            .putHeader(HttpHeaders.CONTENT_TYPE, type)
            .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
    response.end(context.request().method() == HttpMethod.HEAD ? Buffer.buffer() : body);
  }
}
