package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import sekisho.testing.HttpProbe;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.SqlProbe;
import sekisho.testing.Until;

/** Clients that take their time hold a connection for a bounded time only. */
class SlowClientsIT {

  private static final String GET = "GET / HTTP/1.1\r\nHost: sekisho.test\r\n\r\n";
  private static final String POST =
      "POST /login HTTP/1.1\r\nHost: sekisho.test\r\n"
          + "Content-Type: application/x-www-form-urlencoded\r\n";

  @RegisterExtension
  static final ServiceUnderTest SERVICE =
      ServiceUnderTest.with(
          // Longer than a busy machine lets an event loop wait: who begins a request is not idle.
          "SEKISHO_HTTP_IDLE_TIMEOUT_S",
          "3",
          "SEKISHO_HTTP_REQUEST_TIMEOUT_S",
          "2",
          "SEKISHO_HTTP_ANSWER_TIMEOUT_S",
          "1");

  /** One client that begins a request and then sends a little again and again. */
  private record Dripping(HttpProbe connection, String drip) {

    static Dripping of(String begin, String drip) {
      HttpProbe connection = new HttpProbe(SERVICE.port());
      connection.send(begin);
      return new Dripping(connection, drip);
    }

    /** What it was answered with, 0 for nothing. */
    int status() {
      try {
        return connection.receive().status();
      } catch (UncheckedIOException e) {
        return 0;
      }
    }
  }

  /** Nothing is late while bytes keep coming: only the time for all of them counts. */
  @Test
  void aRequestThatDripsIsAnsweredWith408() {
    HttpProbe used = new HttpProbe(SERVICE.port());
    used.send(GET);
    assertThat(used.receive().status()).isEqualTo(200);
    used.send("G");
    List<Dripping> clients =
        List.of(
            Dripping.of("GET /", "x"),
            Dripping.of("GET / HTTP/1.1\r\nHost: sekisho.test\r\nX: ", "y"),
            Dripping.of("\r\n", "\r\n"),
            new Dripping(used, "E"),
            Dripping.of(POST + "Content-Length: 8192\r\n\r\n", "z"),
            Dripping.of(POST + "Transfer-Encoding: chunked\r\n\r\n1fff\r\n", "z"),
            Dripping.of(POST + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", "y"));
    List<Dripping> unanswered = new ArrayList<>(clients);
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!unanswered.isEmpty() && System.nanoTime() < end) {
      unanswered.removeIf(client -> !client.connection().isSilentFor(10));
      unanswered.forEach(client -> client.connection().trySend(client.drip()));
    }
    assertThat(clients).extracting(Dripping::status).containsOnly(408);
    for (Dripping client : clients) {
      assertThat(client.connection().isClosedByServer()).isTrue();
      client.connection().close();
    }
  }

  @Test
  void aConnectionWithoutARequestIsClosedWithoutAWord() {
    try (HttpProbe fresh = new HttpProbe(SERVICE.port());
        HttpProbe used = new HttpProbe(SERVICE.port())) {
      used.send(GET);
      assertThat(used.receive().status()).isEqualTo(200);
      assertThat(fresh.isClosedByServer()).isTrue();
      assertThat(used.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aClientThatDoesNotReadItsAnswersIsCutOff() throws Exception {
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      CompletableFuture<Boolean> sending =
          CompletableFuture.supplyAsync(
              () -> {
                while (connection.trySend(GET.repeat(100))) {
                  // until the connection has gone
                }
                return true;
              });
      assertThat(sending.get(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void whoWaitsForTheServiceIsNotLate() {
    try (HttpProbe patient = new HttpProbe(SERVICE.port());
        SqlProbe blocker = new SqlProbe(SERVICE.settings().mysql().url().orElseThrow())) {
      blocker.query("START TRANSACTION");
      blocker.query("SELECT * FROM service_state FOR UPDATE");
      patient.send("GET /report HTTP/1.1\r\nHost: sekisho.test\r\n\r\n");
      Until.isTrue(
          "the report waits for the lock",
          Duration.ofSeconds(20),
          () ->
              !SERVICE
                  .sql()
                  .query(
                      "SELECT 1 FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%service_state%FOR UPDATE%'"
                          + " AND id <> CONNECTION_ID()")
                  .isEmpty());
      for (int i = 0; i < 2; i++) {
        try (HttpProbe idle = new HttpProbe(SERVICE.port())) {
          assertThat(idle.isClosedByServer())
              .as("which takes as long as a connection may be idle")
              .isTrue();
        }
      }
      blocker.query("ROLLBACK");
      assertThat(patient.receive().status()).isEqualTo(200);
    }
  }

  @Test
  void refusalsAreCounted() {
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      connection.send("GET");
      connection.isClosedByServer();
    }
    String metrics =
        HttpProbe.once(SERVICE.managementPort(), "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .text();
    assertThat(metrics)
        .containsPattern("sekisho_refused_total\\{reason=\"slow_request\"} [1-9]")
        .contains("sekisho_refused_total{reason=\"malformed\"} 0.0")
        .containsPattern("sekisho_connections \\d");
  }
}
