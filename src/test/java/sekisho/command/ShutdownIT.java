package sekisho.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceHome.Finished;
import sekisho.testing.ServiceProcess;
import sekisho.testing.SmallStores;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestServers;
import sekisho.testing.Until;

/** How the service ends when it is told to. */
class ShutdownIT {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String ATTEMPT = "login=user1&password=password1";

  private static SmallStores stores;
  private ServiceHome home;
  private ServiceProcess service;

  @BeforeAll
  static void makeStores() {
    stores = SmallStores.withUsers(TestServers.shared(), 1);
  }

  @BeforeEach
  void start() {
    home = new ServiceHome().with(stores);
    service = home.startReady("serve");
  }

  @AfterEach
  void closeHome() {
    home.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), home.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  @SuppressWarnings("try")
  private void awaitRefusal() {
    Until.isTrue(
        "no connection is accepted",
        LIMIT,
        () -> {
          try (Socket socket = connect()) {
            return false;
          } catch (IOException e) {
            return true;
          }
        });
  }

  private void assertEnded() {
    Until.isTrue("the process has ended", LIMIT, () -> !service.isAlive());
    Finished end = service.awaitEnd();
    assertThat(end.status()).isZero();
    assertThat(end.err()).isEmpty();
    assertThat(end.out()).doesNotContain("Exception", "ERROR", "WARN").endsWith("ended\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void idleConnectionsDoNotDelayTheEnd(String signal) throws IOException {
    try (Socket used = connect();
        Socket unused = connect()) {
      send(used, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(reader(used).readLine()).isEqualTo("HTTP/1.1 200 OK");
      service.signal(signal);
      Until.isTrue("the process has ended", Duration.ofSeconds(5), () -> !service.isAlive());
      assertThat(unused.getInputStream().read()).isEqualTo(-1);
    }
    assertEnded();
  }

  @Test
  void whatIsInFlightIsAnswered() throws IOException {
    try (Socket attempt = connect();
        SqlProbe blocker = stores.sql();
        SqlProbe observer = stores.sql()) {
      send(
          attempt,
          "POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
              + ATTEMPT.length()
              + "\r\nExpect: 100-continue\r\n\r\n");
      BufferedReader answer = reader(attempt);
      assertThat(answer.readLine()).isEqualTo("HTTP/1.1 100 Continue");
      blocker.query("START TRANSACTION");
      blocker.query("SELECT * FROM service_state FOR UPDATE");
      CompletableFuture<String> report =
          CompletableFuture.supplyAsync(() -> service.client().report());
      Until.isTrue(
          "the report waits for the lock",
          LIMIT,
          () ->
              !observer
                  .query(
                      "SELECT 1 FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%service_state%FOR UPDATE%'"
                          + " AND id <> CONNECTION_ID()")
                  .isEmpty());

      service.signal("TERM");
      awaitRefusal();
      send(attempt, ATTEMPT);
      answer.readLine();
      assertThat(answer.readLine()).isEqualTo("HTTP/1.1 302 Found");
      assertThat(report).isNotDone();
      blocker.query("ROLLBACK");
      assertThat(report.join()).isEqualTo("{\"banned_ips\":[],\"locked_users\":[]}");
      assertEnded();
      assertThat(home.run("verify").status()).isZero();
      assertThat(observer.query("SELECT COUNT(*) FROM login_log")).containsExactly("1");
    }
  }

  @Test
  void whatDoesNotEndIsCutOff() throws IOException {
    service.kill();
    home.with("SEKISHO_SHUTDOWN_TIMEOUT_MS", "1000");
    service = home.startReady("serve");
    try (Socket attempt = connect();
        SqlProbe blocker = stores.sql()) {
      blocker.query("START TRANSACTION");
      blocker.query("SELECT * FROM service_state FOR UPDATE");
      send(attempt, "GET /report HTTP/1.1\r\nHost: a\r\n\r\n");
      service.signal("TERM");
      Until.isTrue("the process has ended", Duration.ofSeconds(5), () -> !service.isAlive());
      assertThat(service.awaitEnd().status()).isZero();
    }
  }

  @Test
  void drainsFirstAndClosesEachConnectionWithItsAnswer() throws IOException {
    service.kill();
    home.with("SEKISHO_SHUTDOWN_DRAIN_MS", "2000");
    service = home.startReady("serve");
    try (Socket used = connect();
        Socket idle = connect()) {
      send(used, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(new HttpAnswer(used).header("connection")).isNull();
      service.signal("TERM");
      Until.isTrue(
          "not ready any more", LIMIT, () -> service.management().status("GET", "/readyz") == 503);
      service.signal("TERM");
      service.signal("INT");
      for (int i = 0; i < 2; i++) {
        try (Socket late = i == 0 ? used : connect()) {
          send(late, "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
          assertThat(new HttpAnswer(late).header("connection"))
              .as("another request has come already")
              .isNull();
          assertThat(new HttpAnswer(late).header("connection")).isEqualTo("close");
          assertThat(late.getInputStream().read()).isEqualTo(-1);
        }
      }
      assertThat(idle.getInputStream().read()).isEqualTo(-1);
    }
    assertEnded();
  }

  @Test
  void aRequestIsAnsweredThatHasBegunToArrive() throws IOException {
    try (Socket head = connect();
        Socket body = connect();
        Socket fresh = connect()) {
      send(head, "GET / HT");
      send(
          body,
          "POST /logout HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
              + ATTEMPT.length()
              + "\r\n\r\nl");
      service.signal("TERM");
      awaitRefusal();
      send(head, "TP/1.1\r\nHost: a\r\n\r\n");
      send(body, ATTEMPT.substring(1));
      assertThat(new HttpAnswer(head).status).isEqualTo("HTTP/1.1 200 OK");
      assertThat(new HttpAnswer(body).status).isEqualTo("HTTP/1.1 302 Found");
      assertThat(fresh.getInputStream().read()).isEqualTo(-1);
    }
    assertEnded();
  }

  /** The head of an answer, read from a connection byte by byte, with its body left out. */
  private static final class HttpAnswer {

    private final String status;
    private final Map<String, String> headers = new HashMap<>();

    HttpAnswer(Socket socket) throws IOException {
      status = line(socket);
      for (String line = line(socket); !line.isEmpty(); line = line(socket)) {
        headers.put(
            line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT),
            line.substring(line.indexOf(':') + 1).strip());
      }
      socket
          .getInputStream()
          .readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    }

    String header(String name) {
      return headers.get(name);
    }

    private static String line(Socket socket) throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = socket.getInputStream().read(); b != '\n'; b = socket.getInputStream().read()) {
        assertThat(b).as("the end of the connection after '%s'", line).isNotNegative();
        line.write(b);
      }
      return line.toString(StandardCharsets.US_ASCII).stripTrailing();
    }
  }
}
