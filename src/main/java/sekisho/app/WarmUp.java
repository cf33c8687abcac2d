package sekisho.app;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.http.HttpOptions;
import sekisho.http.HttpVerticle;
import sekisho.http.connection.AddressLimiter;
import sekisho.http.connection.ConnectionLimiter;
import sekisho.http.connection.ListenerTransport;
import sekisho.http.page.Pages;
import sekisho.http.session.SessionKey;
import sekisho.login.StoreUnavailableException;
import sekisho.metrics.ServiceMetrics;
import sekisho.net.AllowList;
import sekisho.net.CidrSet;
import sekisho.redis.Admission;
import sekisho.redis.BlockingRedis;
import sekisho.redis.RedisAttemptStore;
import sekisho.redis.RedisKeys;
import sekisho.redis.ReplayBuffer;
import sekisho.user.PasswordHasher;
import sekisho.user.UserDirectory;
import sekisho.user.UserDirectoryBuilder;
import sekisho.user.Users;

/**
 * Makes the Java machine compile the way of a login before anybody waits for one: a listener of its
 * own on a free port of the loopback interface, with a user of its own, decides attempts in Redis
 * on keys of its own, which are deleted afterwards. Nothing reaches counters, queue, log or
 * metrics. What goes wrong here keeps no service from starting.
 */
final class WarmUp {

  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final String EPOCH = "warm-up";
  private static final String USER = "warm-up";
  private static final String LOOPBACK = "127.0.0.1";
  private static final int CONNECTIONS = 8;

  /** Of one connection, before another is made: that is to be warm, too. */
  private static final int VISITS = 5;

  private static final Pattern SESSION = Pattern.compile("[Ss]et-[Cc]ookie: ([^;]*)");

  private static final int REMEMBERED_BYTES = 1024 * 1024;
  private static final int TIMEOUT_MILLIS = 2_000;

  private final Settings settings;
  private final BlockingRedis redis;
  private final RedisKeys keys;
  private final Pages pages;
  private final String password = UUID.randomUUID().toString();
  private final ServiceMetrics metrics = new ServiceMetrics();
  private final ConnectionLimiter connections =
      new ConnectionLimiter(2 * CONNECTIONS, CONNECTIONS, metrics::count);

  /**
   * Nothing is begun yet.
   *
   * @param instance the name of this instance among those that share Redis
   */
  WarmUp(Settings settings, BlockingRedis redis, String instance, Pages pages) {
    this.settings = settings;
    this.redis = redis;
    this.keys = RedisKeys.under(settings.redis().keyPrefix() + "warm-up:" + instance + ":");
    this.pages = pages;
  }

  /** Warms up for as long as the settings say, in the calling thread. */
  void run() {
    Duration limit = settings.warmUp();
    if (limit.isZero()) {
      return;
    }
    long deadline = System.nanoTime() + limit.toNanos();
    Vertx vertx = EventLoops.vertx(1, new ListenerTransport(connections));
    try {
      deleteKeys();
      redis.send(
          BlockingRedis.request(Command.HSET, keys.state(), "generation", EPOCH, "sequence", "0"));
      HttpVerticle verticle = new HttpVerticle(options(), services());
      vertx
          .deployVerticle(verticle, new DeploymentOptions())
          .compose(deployed -> verticle.listen())
          .await(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
      LOG.debug("warmed up by {} visits", drive(verticle, deadline));
    } catch (IOException | TimeoutException | RuntimeException e) {
      LOG.debug("no further warm-up", e);
    } finally {
      vertx.close().onComplete(closed -> {}).await();
      deleteKeys();
    }
  }

  private void deleteKeys() {
    try {
      redis.send(
          BlockingRedis.request(
              Command.DEL,
              keys.state(),
              keys.addresses(),
              keys.users(),
              keys.logins(),
              keys.queue()));
    } catch (StoreUnavailableException e) {
      LOG.debug("keys of the warm-up are left until the next one", e);
    }
  }

  private HttpVerticle.Services services() {
    return new HttpVerticle.Services(
        pages,
        Users.of(directory()),
        () -> AllowList.NONE,
        this::store,
        () -> Future.succeededFuture(Buffer.buffer("{}")),
        metrics,
        Optional.empty(),
        connections,
        new AddressLimiter(2 * CONNECTIONS),
        new AtomicLong(Long.MAX_VALUE),
        new AtomicLong(Long.MAX_VALUE));
  }

  private RedisAttemptStore store(Vertx loop) {
    return new RedisAttemptStore(
        loop,
        Stores.redisLocation(settings),
        keys,
        settings.thresholds(),
        settings.redis().timeout(),
        settings.redis().copies(),
        settings.redis().maxWaiting(),
        new Admitted(),
        new ReplayBuffer(REMEMBERED_BYTES),
        metrics);
  }

  private HttpOptions options() {
    return new HttpOptions(
        LOOPBACK,
        OptionalInt.of(0),
        Optional.empty(),
        false,
        settings.connections(),
        CidrSet.parse(LOOPBACK),
        settings.ipv6Prefix(),
        List.of(SessionKey.random()),
        settings.session().lifetime(),
        false,
        settings.zone(),
        settings.report().allow(),
        settings.report().timeout());
  }

  /**
   * Sends visits over a few connections at a time, each of which the service closes at their end.
   */
  private int drive(HttpVerticle verticle, long deadline) throws IOException {
    while (!verticle.isOpen()) {
      if (System.nanoTime() >= deadline) {
        return 0;
      }
      LockSupport.parkNanos(1_000_000);
    }
    String session = session(verticle.port());
    int visits = 0;
    List<Socket> sockets = new ArrayList<>();
    try {
      while (System.nanoTime() < deadline) {
        for (int i = 0; i < CONNECTIONS; i++) {
          Socket socket = connect(verticle.port());
          sockets.add(socket);
          StringBuilder requests = new StringBuilder();
          for (int visit = 0; visit < VISITS; visit++) {
            requests.append(visit(visits++, session));
          }
          send(socket, requests.append(get("/", "", "Connection: close\r\n")).toString());
        }
        for (Socket socket : sockets) {
          socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
        sockets.clear();
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    return visits;
  }

  private String session(int port) throws IOException {
    try (Socket socket = connect(port)) {
      send(socket, login(0, USER, password, "Connection: close\r\n"));
      Matcher cookie =
          SESSION.matcher(
              new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
      if (!cookie.find()) {
        throw new IOException("the login of the warm-up does not succeed");
      }
      return cookie.group(1);
    }
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getByName(LOOPBACK), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  private static void send(Socket socket, String requests) throws IOException {
    socket.getOutputStream().write(requests.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Each page, and attempts that fail and succeed, over and over. */
  private String visit(int number, String session) {
    return get("/", "", "")
        + login(number, "nobody" + number, "x", "")
        + get("/", "sekisho_notice=wrong", "")
        + login(number, USER, "x", "")
        + login(number, USER, password, "")
        + get("/mypage", session, "");
  }

  private static String get(String path, String cookie, String header) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: warm-up\r\n"
        + (cookie.isEmpty() ? "" : "Cookie: " + cookie + "\r\n")
        + header
        + "\r\n";
  }

  private static String login(int number, String name, String password, String header) {
    String form = "login=" + name + "&password=" + password;
    return "POST /login HTTP/1.1\r\nHost: warm-up\r\nX-Forwarded-For: 10."
        + (number >> 16 & 255)
        + "."
        + (number >> 8 & 255)
        + "."
        + (number & 255)
        + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        + form.length()
        + "\r\n"
        + header
        + "\r\n"
        + form;
  }

  /** The scratch keys need no comparison with a history. */
  private static final class Admitted implements Admission {

    @Override
    public Future<String> admit(String epoch, long highestSequence) {
      return Future.succeededFuture(EPOCH);
    }

    @Override
    public void directoryVersion(String version) {}

    @Override
    public void allowListVersion(String version) {}

    @Override
    public void queueLength(long length) {}

    @Override
    public void malformed(String what) {}

    @Override
    public void moveQueueSoon() {}
  }

  /** One user, whom no other listener knows. */
  private UserDirectory directory() {
    return new UserDirectoryBuilder().add(1, USER, PasswordHasher.hash(password, ""), "").build();
  }
}
