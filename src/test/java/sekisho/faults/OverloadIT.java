package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.Signals;
import sekisho.testing.SqlProbe;
import sekisho.testing.Until;

/**
 * More clients than the service may or can serve: some are served as ever, the others are turned
 * away at once.
 */
@Tag("faults")
class OverloadIT {

  private static final String GET = "GET / HTTP/1.1\r\nHost: sekisho.test\r\n\r\n";
  private static final int MAX_CONNECTIONS = 40;

  private static FaultStage stage;
  private static ServiceHome home;
  private static ServiceProcess service;
  private final List<HttpProbe> open = new ArrayList<>();

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    home =
        stage
            .home()
            .with("SEKISHO_HTTP_MAX_CONNECTIONS", Integer.toString(MAX_CONNECTIONS))
            .with("SEKISHO_HTTP_EVENT_LOOPS", "2");
    service = home.startReady("serve");
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  @AfterEach
  void hangUp() {
    stage.load().stop();
    open.forEach(HttpProbe::close);
    Until.isTrue("all connections are closed", () -> connections() == 0);
  }

  private static double metric(String name) {
    return service
        .management()
        .get("/metrics", null)
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static long connections() {
    return (long) metric("sekisho_connections");
  }

  /**
   * Takes all connections that there may be with requests that wait for a lock, until it is rolled
   * back.
   */
  private SqlProbe occupy() {
    SqlProbe lock = stage.stores().sql();
    lock.query("START TRANSACTION");
    lock.query("SELECT * FROM service_state FOR UPDATE");
    connect(MAX_CONNECTIONS);
    open.forEach(client -> client.send("GET /report HTTP/1.1\r\nHost: sekisho.test\r\n\r\n"));
    Until.isTrue("all connections are accepted", () -> connections() == MAX_CONNECTIONS);
    return lock;
  }

  private void release(SqlProbe lock) {
    lock.query("ROLLBACK");
    for (HttpProbe served : open) {
      assertThat(served.receive().status()).isEqualTo(200);
    }
  }

  private void connect(int count) {
    for (int i = 0; i < count; i++) {
      open.add(new HttpProbe(home.port()));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void oneConnectionMoreThanThereMayBeIsRejected(Repetition repetition) {
    double refused = metric("sekisho_connections_refused_total");
    try (SqlProbe lock = occupy();
        HttpProbe silent = new HttpProbe(home.port());
        HttpProbe asking = new HttpProbe(home.port())) {
      String form = "login=user1&password=turned-away";
      asking.send(
          "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
              + form.length()
              + "\r\n\r\n"
              + form);
      for (HttpProbe rejected : List.of(silent, asking)) {
        HttpReply reply = rejected.receive();
        assertThat(reply.status()).isEqualTo(503);
        assertThat(Integer.parseInt(reply.header("retry-after"))).isPositive();
        assertThat(reply.header("connection")).isEqualTo("close");
        assertThat(reply.header("date")).endsWith(" GMT");
        assertThat(rejected.isClosedByServer()).isTrue();
      }
      release(lock);
    }
    assertThat(metric("sekisho_connections_refused_total")).isEqualTo(refused + 2);
    assertThat(metric("sekisho_refused_total{reason=\"connections_total\"}"))
        .isEqualTo(refused + 2);
    open.remove(0).close();
    Until.isTrue("there is room again", () -> HttpProbe.once(home.port(), GET).status() == 200);
    stage.report(home);
    assertThat(stage.history().loggedAttempts())
        .as("what was rejected is no attempt")
        .noneMatch(
            attempt -> attempt.login().equals("user1") && attempt.address().equals("127.0.0.1"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void tenTimesMoreClientsThanThereMayBe(Repetition repetition) {
    stage.load().start(10 * MAX_CONNECTIONS, home.port());
    stage.load().awaitAnswered(2000);
    assertThat(stage.load().refused() + stage.load().cutOff()).isPositive();
    stage.load().stop();
    // Reports and all clients that come now are served at once.
    long rejected = stage.load().refused() + stage.load().cutOff();
    Until.isTrue("all connections are closed", () -> connections() == 0);
    stage.load().start(MAX_CONNECTIONS / 2, home.port());
    stage.load().awaitAnswered(500);
    assertThat(stage.load().refused() + stage.load().cutOff()).isEqualTo(rejected);
    stage.assertNothingLost("ten times more clients than there may be, " + repetition, home);
  }

  /**
   * Whoever hangs up, by a reset too, while it waits to be rejected must not keep the others from
   * being served.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void clientsThatHangUpBeforeTheyAreRejected(Repetition repetition) throws IOException {
    try (SqlProbe lock = occupy()) {
      for (int i = 0; i < 300; i++) {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), home.port())) {
          client.setSoLinger(i % 2 == 0, 0);
          client.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
        }
      }
      assertThat(HttpProbe.once(home.port(), GET).status()).isEqualTo(503);
      release(lock);
    }
    open.remove(0).close();
    Until.isTrue("there is room again", () -> HttpProbe.once(home.port(), GET).status() == 200);
  }

  /**
   * The system gives the process no more files: who is connected is served, and everybody again as
   * soon as there are some.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void filesExhaustedAndFreedAgain(Repetition repetition) {
    connect(10);
    open.forEach(client -> client.send(GET));
    open.forEach(client -> assertThat(client.receive().status()).isEqualTo(200));
    Signals.limit(service.pid(), "--nofile=" + Footprint.files(service) + ":");
    try {
      connect(20);
      for (HttpProbe connected : open.subList(0, 10)) {
        connected.send(GET);
        assertThat(connected.receive().status()).isEqualTo(200);
      }
      // Other parts of the service open and close files, too, so that the exact number may differ
      // by a few.
      assertThat(connections()).as("connections accepted while no file is left").isLessThan(30);
      open.subList(0, 5).forEach(HttpProbe::close);
      HttpProbe first = open.get(10);
      first.send(GET);
      assertThat(first.receive().status())
          .as("the answer to the connection that waits longest")
          .isEqualTo(200);
    } finally {
      Signals.limit(service.pid(), "--nofile=1024:");
    }
    for (HttpProbe waiting : open.subList(10, 30)) {
      waiting.send(GET);
      assertThat(waiting.receive().status()).isEqualTo(200);
    }
    stage.load().start(5, home.port());
    stage.load().awaitAnswered(100);
    stage.assertNothingLost("files exhausted and freed again, " + repetition, home);
  }
}
