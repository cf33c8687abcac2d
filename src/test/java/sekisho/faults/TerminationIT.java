package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.login.RecordedAttempt;
import sekisho.testing.ChannelProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome.Finished;
import sekisho.testing.SqlProbe;
import sekisho.testing.Until;
import sekisho.testing.history.StoredHistory;

/**
 * SIGTERM under load: clients that keep their connections and clients that make one for each
 * request, over TCP and over a Unix socket. Whatever was recorded was answered, and no connection
 * is reset.
 */
class TerminationIT extends FaultTestBase {

  /** Of each of the four kinds. */
  private static final int CLIENTS = 12;

  private static final AtomicLong ATTEMPTS = new AtomicLong();

  private static Path socket;

  private final List<Thread> clients = new ArrayList<>();
  private final Set<String> answered = ConcurrentHashMap.newKeySet();

  /** Attempts that were sent and not answered, and why. */
  private final ConcurrentMap<String, String> unanswered = new ConcurrentHashMap<>();

  private final Queue<String> broken = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    home = stage.home();
    socket = home.directory().resolve("http.sock");
    home.with("SEKISHO_HTTP_SOCKET", socket.toString()).with("SEKISHO_HTTP_EVENT_LOOPS", "2");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void whatIsRecordedIsAnsweredAndNothingIsReset(Repetition repetition)
      throws InterruptedException {
    service = home.startReady("serve");
    try {
      load(ChannelProbe.tcp(home.port()));
      load(ChannelProbe.unix(socket));
      Until.isTrue("the load runs", () -> answered.size() >= 1000);
      repetition.awaitMoment(Duration.ofMillis(500));
      service.signal("TERM");
      Finished end = service.awaitEnd();
      assertThat(end.status()).isZero();
      assertThat(end.out()).endsWith("ended\n").doesNotContain("ERROR", "Exception");
    } finally {
      stopped = true;
      for (Thread client : clients) {
        client.join();
      }
      service.kill();
    }
    assertThat(Files.exists(socket)).as("the socket is there after the end").isFalse();
    assertThat(broken)
        .as("%s: connections that were reset, or closed in the middle of an answer", repetition)
        .isEmpty();
    Set<String> recordedOnly = recorded();
    recordedOnly.retainAll(unanswered.keySet());
    assertThat(recordedOnly)
        .as("%s: recorded without an answer: %s", repetition, unanswered)
        .isEmpty();
    assertThat(recorded()).as("%s: answered and not recorded", repetition).containsAll(answered);
    System.out.printf(
        "SIGTERM under load, %s: %d attempts answered, %d not sent in time; nothing wrong%n",
        repetition, answered.size(), unanswered.size());
  }

  private static Set<String> recorded() {
    try (SqlProbe sql = new SqlProbe(stage.mysqlUrl());
        RedisProbe redis = new RedisProbe(stage.redisUrl())) {
      return StoredHistory.read(sql, redis, stage.prefix(), 0).stream()
          .filter(RecordedAttempt.class::isInstance)
          .map(row -> ((RecordedAttempt) row).login())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private void load(SocketAddress address) {
    for (boolean keepsConnection : new boolean[] {true, false}) {
      for (int i = 0; i < CLIENTS; i++) {
        Thread client = new Thread(() -> run(address, keepsConnection), "load");
        client.start();
        clients.add(client);
      }
    }
  }

  private void run(SocketAddress address, boolean keepsConnection) {
    while (!stopped) {
      try (ChannelProbe connection = new ChannelProbe(address)) {
        boolean again = true;
        while (again && !stopped) {
          again = attempt(connection) && keepsConnection;
        }
      } catch (IOException e) {
        // Nobody listens any more.
        return;
      }
    }
  }

  /** Makes one attempt; false if the connection is of no more use. */
  private boolean attempt(ChannelProbe connection) {
    long number = ATTEMPTS.incrementAndGet();
    String name = "ending-" + number;
    String form = "login=" + name + "&password=x";
    try {
      connection.send(
          "POST /login HTTP/1.1\r\nHost: sekisho.test\r\nX-Forwarded-For: 10."
              + (number >> 16)
              + "."
              + (number >> 8 & 255)
              + "."
              + (number & 255)
              + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
              + form.length()
              + "\r\n\r\n"
              + form);
      HttpReply reply = connection.receive();
      assertThat(reply.status()).isEqualTo(302);
      answered.add(name);
      return !"close".equalsIgnoreCase(reply.header("connection"));
    } catch (EOFException e) {
      // Its bytes met the end of an idle connection on the way. It must not have been recorded.
      unanswered.put(name, "closed");
      if (connection.received() > 0) {
        broken.add(name + ": cut after " + connection.received() + " bytes");
      }
      return false;
    } catch (IOException | AssertionError e) {
      unanswered.put(name, e.toString());
      broken.add(name + ": " + e);
      return false;
    }
  }
}
