package sekisho.http;

import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sekisho.http.access.AccessLog;
import sekisho.http.connection.AddressLimiter;
import sekisho.http.connection.ClientAddresses;
import sekisho.http.connection.ConnectionAcceptor;
import sekisho.http.connection.ConnectionLimiter;
import sekisho.http.connection.Connections;
import sekisho.http.connection.Exchange;
import sekisho.http.page.Pages;
import sekisho.http.request.FormOrigin;
import sekisho.http.session.SessionCodec;
import sekisho.login.AttemptStore;
import sekisho.login.NotServing;
import sekisho.metrics.Refusal;
import sekisho.metrics.Route;
import sekisho.metrics.ServiceMetrics;
import sekisho.net.AllowList;
import sekisho.net.ClientAddressResolver;
import sekisho.net.ClientPrefix;
import sekisho.net.DominantClientDetector;
import sekisho.user.Users;

/**
 * One event loop of the public listener, with an attempt store of its own. Wires the endpoints and
 * nothing else.
 */
public final class HttpVerticle extends VerticleBase {

  /** The unit of time of {@link Responder}. */
  private static final long TICK_MILLIS = 1000;

  /**
   * Asks Vert.x for a free port that is the same on all event loops; with 0 each of them would get
   * another.
   */
  private static final int SHARED_FREE_PORT = -1;

  private final HttpOptions options;
  private final Services services;

  @SuppressWarnings("NullAway.Init") // made by start
  private volatile AttemptStore store;

  private final List<HttpServer> servers = new ArrayList<>();
  private @Nullable HttpServer tcpServer;

  @SuppressWarnings("NullAway.Init") // made by start
  private Connections connections;

  @SuppressWarnings("NullAway.Init") // made by start
  private RequestNotes notes;

  @SuppressWarnings("NullAway.Init") // made by start
  private Supplier<HttpServer> listeners;

  /**
   * What all event loops share.
   *
   * @param users the users in memory
   * @param allowed the clients that cannot be banned
   * @param stores makes the attempt store of an event loop, which lives on it
   * @param reports makes reports
   * @param metrics counts outcomes
   * @param accessLog gets each answered request
   * @param limit bounds all connections
   * @param slots counts connections
   * @param nextWarning when the log may tell again who makes most of the attempts, by {@link
   *     System#nanoTime}
   * @param nextOriginWarning when it may tell again of a form from an origin that is not the host
   */
  public record Services(
      Pages pages,
      Users users,
      Supplier<AllowList> allowed,
      Function<Vertx, AttemptStore> stores,
      Supplier<Future<Buffer>> reports,
      ServiceMetrics metrics,
      Optional<AccessLog> accessLog,
      ConnectionLimiter limit,
      AddressLimiter slots,
      AtomicLong nextWarning,
      AtomicLong nextOriginWarning) {}

  public HttpVerticle(HttpOptions options, Services services) {
    this.options = options;
    this.services = services;
  }

  /**
   * Whether attempts are accepted.
   *
   * @return false while Redis is out of reach or does not hold the history; may be asked from any
   *     thread
   */
  public boolean isOpen() {
    AttemptStore current = store;
    return current != null && current.isOpen();
  }

  /**
   * Why attempts get no answers from this event loop, if they do not; may be asked from any thread.
   *
   * @return empty while all is well
   */
  public Optional<NotServing> notServing() {
    AttemptStore current = store;
    return current == null
        ? Optional.of(new NotServing("the service is starting", System.nanoTime()))
        : current.notServing();
  }

  /**
   * Under which epoch attempts are accepted.
   *
   * @return its name, empty while none are accepted; may be asked from any thread
   */
  public String servedEpoch() {
    AttemptStore current = store;
    return current == null ? "" : current.servedEpoch();
  }

  /**
   * The port that the service listens on.
   *
   * @return the port, once it listens; 0 without a TCP listener
   */
  public int port() {
    return tcpServer == null ? 0 : tcpServer.actualPort();
  }

  /**
   * From now on the service answers each request as the last one of its connection; from any
   * thread.
   */
  public void announceEnd() {
    context.runOnContext(turn -> connections.announceEnd());
  }

  /**
   * Ends all connections when their requests have been answered; from any thread.
   *
   * @return completes when there are none any more
   */
  public Future<Void> end() {
    Promise<Void> ended = Promise.promise();
    context.runOnContext(turn -> connections.end(vertx).onComplete(ended));
    return ended.future();
  }

  @Override
  public Future<?> start() {
    store = services.stores().apply(vertx);
    ServiceMetrics metrics = services.metrics();
    ClientAddresses peers =
        new ClientAddresses(
            new ClientAddressResolver(
                options.trustedProxies(), new ClientPrefix(options.ipv6Prefix())),
            new DominantClientDetector(metrics, services.nextWarning()));
    HttpServerOptions server = serverOptions();
    connections =
        new Connections(
            server,
            options.limits(),
            FormBody.LIMIT,
            metrics::count,
            exchange -> answered(exchange));
    connections.watch(vertx);
    ConnectionAcceptor acceptor =
        new ConnectionAcceptor(
            peers,
            connections,
            services.limit(),
            services.slots(),
            options.proxyProtocol(),
            metrics);
    Responder responder = new Responder(services.pages(), options.secure(), metrics);
    scheduleTick(responder);
    notes = new RequestNotes(peers, services.accessLog());
    Dispatcher dispatcher = dispatcher(peers, responder, notes);
    Supplier<HttpServer> listener =
        () ->
            vertx
                .createHttpServer(server)
                .connectionHandler(acceptor::connected)
                .exceptionHandler(this::connectionFailed)
                .invalidRequestHandler(new InvalidRequests(responder, metrics))
                .requestHandler(dispatcher);
    listeners = listener;
    return Future.succeededFuture();
  }

  /**
   * Begins to listen, once attempts are accepted: a client that is let in before would get 503;
   * from any thread.
   *
   * @return completes when it listens
   */
  public Future<Void> listen() {
    return Future.future(
        listening ->
            context.runOnContext(turn -> listenNow().<Void>mapEmpty().onComplete(listening)));
  }

  private Future<?> listenNow() {
    Supplier<HttpServer> listener = listeners;
    List<Future<?>> listening = new ArrayList<>();
    options
        .port()
        .ifPresent(
            port -> {
              tcpServer = listener.get();
              servers.add(tcpServer);
              listening.add(tcpServer.listen(port == 0 ? SHARED_FREE_PORT : port, options.host()));
            });
    options
        .socket()
        .ifPresent(
            socket -> {
              servers.add(listener.get());
              listening.add(
                  servers
                      .get(servers.size() - 1)
                      .listen(SocketAddress.domainSocketAddress(socket.toString())));
            });
    return Future.all(listening);
  }

  private void answered(Exchange exchange) {
    long nanos = System.nanoTime() - exchange.begun();
    services.metrics().requests().record(Route.of(exchange.target()), exchange.status(), nanos);
    notes.answered(exchange, nanos);
  }

  @Override
  public Future<?> stop() {
    return Future.join(servers.stream().map(HttpServer::close).toList())
        .onComplete(closed -> store.close());
  }

  /** Not periodic: after a pause of the machine, ticks would come in a row. */
  private void scheduleTick(Responder responder) {
    vertx.setTimer(
        TICK_MILLIS,
        timer -> {
          try {
            responder.tick();
          } finally {
            scheduleTick(responder);
          }
        });
  }

  /**
   * A connection that broke is none of our business, but for one that began with a broken PROXY
   * header.
   */
  private void connectionFailed(Throwable failure) {
    if (failure.getCause() instanceof HAProxyProtocolException) {
      services.metrics().count(Refusal.PROXY_HEADER);
    }
  }

  private Dispatcher dispatcher(ClientAddresses peers, Responder responder, RequestNotes notes) {
    SessionCodec codec =
        new SessionCodec(options.sessionKeys(), Clock.systemUTC(), options.sessionLifetime());
    Cookies cookies = new Cookies(codec, options.sessionLifetime(), options.secure());
    FormOrigin origin = new FormOrigin(services.nextOriginWarning());
    return new Dispatcher(
        Map.of(
            "/",
            new HomeEndpoint(services.pages(), cookies, responder),
            "/login",
            new LoginEndpoint(
                origin,
                peers,
                services.users()::current,
                services.allowed(),
                store,
                cookies,
                responder,
                notes),
            "/mypage",
            new MemberEndpoint(
                services.users()::current,
                store,
                cookies,
                services.pages(),
                responder,
                notes,
                options.zone()),
            "/logout",
            new LogoutEndpoint(origin, cookies, responder),
            "/favicon.ico",
            new FaviconEndpoint(responder),
            "/report",
            new ReportEndpoint(
                peers,
                options.reportAllow(),
                services.reports(),
                options.reportTimeout(),
                responder)),
        responder,
        notes);
  }

  /**
   * Times are kept by {@link Connections}: a timer of Vert.x would be asked for the time with each
   * request.
   */
  private HttpServerOptions serverOptions() {
    return Connections.serverOptions(options.limits())
        .setAcceptBacklog(4096)
        .setUseProxyProtocol(options.proxyProtocol())
        .setProxyProtocolTimeout(options.limits().request().toSeconds())
        .setProxyProtocolTimeoutUnit(TimeUnit.SECONDS);
  }
}
