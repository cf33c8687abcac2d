package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sekisho.app.EventLoops;
import sekisho.http.connection.AddressLimiter;
import sekisho.http.connection.ClientAddresses;
import sekisho.http.connection.ConnectionAcceptor;
import sekisho.http.connection.ConnectionLimiter;
import sekisho.http.connection.ConnectionLimits;
import sekisho.http.connection.Connections;
import sekisho.http.page.Pages;
import sekisho.http.request.FormOrigin;
import sekisho.http.session.SessionCodec;
import sekisho.http.session.SessionKey;
import sekisho.login.Attempt;
import sekisho.login.AttemptStore;
import sekisho.login.InMemoryAttemptStore;
import sekisho.login.LastLogins;
import sekisho.login.Outcome;
import sekisho.login.StoreUnavailableException;
import sekisho.login.Thresholds;
import sekisho.metrics.ServiceMetrics;
import sekisho.net.AllowList;
import sekisho.net.CidrSet;
import sekisho.net.ClientAddressResolver;
import sekisho.net.ClientPrefix;
import sekisho.net.DominantClientDetector;
import sekisho.testing.Browser;
import sekisho.testing.HttpReply;
import sekisho.testing.TestUser;
import sekisho.testing.Waiting;
import sekisho.user.UserDirectory;
import sekisho.user.UserDirectoryBuilder;

/**
 * The endpoints on a store in memory, or on one that the test answers for: what real servers do
 * only with luck.
 */
class EndpointsTest {

  private static final TestUser USER = new TestUser(7, "isucon1", "isuconpass1");
  private static final Duration LIFETIME = Duration.ofHours(1);

  private final Vertx vertx = Vertx.vertx();
  private final UserDirectory users =
      new UserDirectoryBuilder().add(7, "isucon1", USER.passwordHash(), USER.salt()).build();
  private Instant now = Instant.parse("2014-02-21T15:00:00.999Z");
  private final Clock clock =
      new Clock() {
        @Override
        public Instant instant() {
          return now;
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };

  /** Answers when the test says so. */
  private static final class SlowStore implements AttemptStore {

    private final BlockingQueue<Map.Entry<Attempt, Promise<Outcome>>> waiting =
        new LinkedBlockingQueue<>();

    @Override
    public Future<Outcome> decide(Attempt attempt) {
      Promise<Outcome> promise = Promise.promise();
      waiting.add(Map.entry(attempt, promise));
      return promise.future();
    }

    @Override
    public Future<Optional<LastLogins>> lastLogins(long userId) {
      return Future.failedFuture(new StoreUnavailableException("secret detail"));
    }

    Map.Entry<Attempt, Promise<Outcome>> next() throws InterruptedException {
      return waiting.poll(10, TimeUnit.SECONDS);
    }
  }

  private int serve(AttemptStore store) {
    return serve(vertx, store, SocketAddress.inetSocketAddress(0, "127.0.0.1"));
  }

  private int serve(Vertx loops, AttemptStore store, SocketAddress address) {
    Pages pages = new Pages();
    ServiceMetrics metrics = new ServiceMetrics();
    Responder responder = new Responder(pages, false, metrics);
    SessionCodec codec = new SessionCodec(List.of(SessionKey.random()), clock, LIFETIME);
    Cookies cookies = new Cookies(codec, LIFETIME, false);
    FormOrigin origin = new FormOrigin(new AtomicLong(System.nanoTime()));
    ClientAddresses peers = peers("127.0.0.1");
    RequestNotes notes = new RequestNotes(peers, Optional.empty());
    HttpServerOptions options = new HttpServerOptions().setHttp2ClearTextEnabled(false);
    ConnectionLimits limits =
        new ConnectionLimits(
            1, Duration.ofSeconds(75), Duration.ofSeconds(20), Duration.ofSeconds(30));
    Connections connections =
        new Connections(options, limits, FormBody.LIMIT, metrics::count, exchange -> {});
    ConnectionAcceptor door =
        new ConnectionAcceptor(
            peers,
            connections,
            new ConnectionLimiter(100, 8, metrics::count),
            new AddressLimiter(1),
            false,
            metrics);
    HttpServer server =
        loops
            .createHttpServer(options)
            .connectionHandler(door::connected)
            .requestHandler(
                new Dispatcher(
                    Map.of(
                        "/", new HomeEndpoint(pages, cookies, responder),
                        "/login",
                            new LoginEndpoint(
                                origin,
                                peers,
                                () -> users,
                                () -> AllowList.NONE,
                                store,
                                cookies,
                                responder,
                                notes),
                        "/mypage",
                            new MemberEndpoint(
                                () -> users,
                                store,
                                cookies,
                                pages,
                                responder,
                                notes,
                                ZoneId.of("Asia/Tokyo")),
                        "/report",
                            new ReportEndpoint(
                                peers,
                                CidrSet.parse("127.0.0.1"),
                                () -> Future.succeededFuture(Buffer.buffer("{}")),
                                LIFETIME,
                                responder),
                        "/logout", new LogoutEndpoint(origin, cookies, responder)),
                    responder,
                    notes));
    return Waiting.on(server.listen(address)).actualPort();
  }

  @AfterEach
  void close() {
    Waiting.on(vertx.close());
  }

  @Test
  void theMemberPageShowsTheTimeOfTheLoginBeforeInTheZone() {
    int port = serve(new InMemoryAttemptStore(Thresholds.DEFAULT, clock));
    try (Browser browser = new Browser(port, "192.0.2.1")) {
      assertThat(browser.login("isucon1", USER.password())).isEqualTo(Outcome.SUCCESS);
      assertThat(browser.get("/mypage").element("last-logined-at"))
          .isEqualTo("2014-02-22 00:00:00");
      now = now.plusSeconds(61);
      browser.from("192.0.2.2").login("isucon1", USER.password());
      now = now.plusSeconds(61);
      browser.from("192.0.2.3").login("isucon1", USER.password());
      HttpReply page = browser.get("/mypage");
      assertThat(page.element("last-logined-at")).isEqualTo("2014-02-22 00:01:01");
      assertThat(page.element("last-logined-ip")).isEqualTo("192.0.2.2");
    }
  }

  @Test
  void aSessionLastsForItsLifetimeAndNotLonger() {
    int port = serve(new InMemoryAttemptStore(Thresholds.DEFAULT, clock));
    try (Browser browser = new Browser(port, null)) {
      browser.login("isucon1", USER.password());
      now = now.plus(LIFETIME).minusMillis(1);
      assertThat(browser.get("/mypage").status()).isEqualTo(200);
      now = now.plusMillis(1);
      assertThat(browser.get("/mypage").header("location")).isEqualTo("/");
    }
  }

  @Test
  void theStoreGetsWhatWasTypedAndWhetherThePasswordMatches() throws InterruptedException {
    SlowStore store = new SlowStore();
    int port = serve(store);
    try (Browser browser = new Browser(port, "::ffff:192.0.2.1")) {
      for (String password : List.of(USER.password(), "guess")) {
        browser.sendLogin("isucon1", password);
        Map.Entry<Attempt, Promise<Outcome>> attempt = store.next();
        assertThat(attempt.getKey())
            .isEqualTo(
                new Attempt(
                    "isucon1", OptionalLong.of(7), password.equals(USER.password()), "192.0.2.1"));
        attempt.getValue().complete(Outcome.WRONG);
        assertThat(browser.outcome()).isEqualTo(Outcome.WRONG);
      }
      browser.sendLogin("Isucon1", USER.password());
      Map.Entry<Attempt, Promise<Outcome>> unknown = store.next();
      assertThat(unknown.getKey())
          .isEqualTo(new Attempt("Isucon1", OptionalLong.empty(), false, "192.0.2.1"));
      unknown.getValue().complete(Outcome.WRONG);
      browser.outcome();
    }
  }

  @Test
  void nothingIsAnsweredBeforeTheStoreHasDecidedAndEachClientGetsHisOwnAnswer()
      throws InterruptedException {
    SlowStore store = new SlowStore();
    int port = serve(store);
    try (Browser first = new Browser(port, "192.0.2.1");
        Browser second = new Browser(port, "192.0.2.2");
        Browser third = new Browser(port, "192.0.2.3")) {
      first.sendLogin("isucon1", USER.password());
      Promise<Outcome> firstDecision = store.next().getValue();
      second.sendLogin("isucon1", USER.password());
      Promise<Outcome> secondDecision = store.next().getValue();
      assertThat(third.get("/").status()).as("others need not wait").isEqualTo(200);

      secondDecision.complete(Outcome.LOCKED);
      assertThat(second.outcome()).isEqualTo(Outcome.LOCKED);
      firstDecision.complete(Outcome.SUCCESS);
      assertThat(first.outcome()).isEqualTo(Outcome.SUCCESS);
    }
  }

  @Test
  void anAttemptThatCouldNotBeDecidedIsAnswered503AndNothingElseIsSaid()
      throws InterruptedException {
    SlowStore store = new SlowStore();
    int port = serve(store);
    try (Browser browser = new Browser(port, null)) {
      browser.sendLogin("isucon1", USER.password());
      store.next().getValue().fail(new StoreUnavailableException("secret detail"));
      HttpReply reply = browser.receive();
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.header("retry-after")).isEqualTo("1");
      assertThat(reply.headers("set-cookie")).isEmpty();
      assertThat(reply.text()).doesNotContain("secret detail");

      browser.sendLogin("isucon1", USER.password());
      store.next().getValue().complete(Outcome.SUCCESS);
      assertThat(browser.outcome()).as("on the same connection").isEqualTo(Outcome.SUCCESS);
      assertThat(browser.get("/mypage").status()).isEqualTo(503);
    }
  }

  @Test
  void aClientThatLeavesBeforeTheDecisionHarmsNobody() throws InterruptedException {
    SlowStore store = new SlowStore();
    int port = serve(store);
    BlockingQueue<Throwable> uncaught = new LinkedBlockingQueue<>();
    vertx.exceptionHandler(uncaught::add);
    try (Browser leaving = new Browser(port, null)) {
      leaving.sendLogin("isucon1", USER.password());
    }
    Promise<Outcome> decision = store.next().getValue();
    try (Browser browser = new Browser(port, null)) {
      browser.get("/");
      decision.complete(Outcome.SUCCESS);
      assertThat(browser.get("/").status()).isEqualTo(200);
    }
    assertThat(uncaught).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1,127.0.0.1",
    "192.0.2.1,192.0.2.1",
    "2001:db8:0:0:0:0:0:1,2001:db8::1",
    "::ffff:192.0.2.1,192.0.2.1",
    "fe80::1%1,fe80::1"
  })
  void thePeersAddressIsCanonicalAndHasNoZone(String peer, String client) throws Exception {
    SocketAddress address =
        SocketAddress.inetSocketAddress(new InetSocketAddress(InetAddress.getByName(peer), 4711));
    assertThat(clientOf(address)).isEqualTo(client);
  }

  /**
   * The proxy of a Unix socket names the client; there is nobody else that an attempt could be
   * counted for.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "192.0.2.1, unix: | 302 | 403",
        "127.0.0.1        | 302 | 200",
        "-                | 400 | 403",
        "unix:            | 400 | 403",
        "unknown          | 400 | 403",
        "''               | 400 | 403"
      })
  void overAUnixSocketTheHeaderNamesTheClient(
      String forwardedFor, int login, int report, @TempDir Path directory) throws IOException {
    Vertx loops = EventLoops.vertx(1);
    try {
      Path socket = directory.resolve("http.sock");
      serve(
          loops,
          new InMemoryAttemptStore(Thresholds.DEFAULT, clock),
          SocketAddress.domainSocketAddress(socket.toString()));
      String header = forwardedFor == null ? "" : "X-Forwarded-For: " + forwardedFor + "\r\n";
      String head = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + header;
      assertThat(
              exchange(
                  socket,
                  "POST /login"
                      + head
                      + "Content-Type: application/x-www-form-urlencoded\r\n"
                      + "Content-Length: 7\r\n\r\nlogin=a"))
          .startsWith("HTTP/1.1 " + login);
      assertThat(exchange(socket, "GET /report" + head + "\r\n"))
          .startsWith("HTTP/1.1 " + report)
          .contains("content-type: application/json");
      assertThat(exchange(socket, "GET /" + head + "\r\n")).startsWith("HTTP/1.1 200");
    } finally {
      Waiting.on(loops.close());
    }
  }

  private static String exchange(Path socket, String request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(StandardCharsets.ISO_8859_1.encode(request));
      return new String(
          Channels.newInputStream(channel).readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void theZoneMayBeAnInterfacesName() throws Exception {
    // As the JDK writes link-local peers; no interface of this machine has to have the name.
    SocketAddress address =
        stub(SocketAddress.class, Map.of("hostAddress", "fe80:0:0:0:0:0:0:1%eth0"));
    assertThat(clientOf(address)).isEqualTo("fe80::1");
  }

  private static String clientOf(SocketAddress peer) {
    HttpConnection connection = stub(HttpConnection.class, Map.of("remoteAddress", peer));
    return peers("").peer(connection, false).client();
  }

  private static ClientAddresses peers(String trustedProxies) {
    return new ClientAddresses(
        new ClientAddressResolver(CidrSet.parse(trustedProxies), new ClientPrefix(128)),
        new DominantClientDetector(new ServiceMetrics(), new AtomicLong()));
  }

  private static <T> T stub(Class<T> type, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == arguments[0];
                  default -> answers.get(method.getName());
                }));
  }
}
