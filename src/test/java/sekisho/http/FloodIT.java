package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sekisho.testing.HttpProbe;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.SqlProbe;
import sekisho.testing.Until;

/**
 * More connections that ask for nothing than there may be: each of them gives way to a client that
 * does.
 */
class FloodIT {

  private static final int MAX = 60;
  private static final int PER_ADDRESS = 10;
  private static final int ADDRESSES = 10;
  private static final String POST =
      "POST /login HTTP/1.1\r\nHost: sekisho.test\r\n"
          + "Content-Type: application/x-www-form-urlencoded\r\n";
  private static final String LOGIN = POST + "Content-Length: 16\r\n\r\nlogin=x&password";

  private final List<Socket> flood = new ArrayList<>();

  /** What each connection of a flood sends before it falls silent. */
  enum Kind {
    SILENT(""),
    HALF_A_HEADER("GET / HTTP/1.1\r\nHos"),
    HALF_A_BODY(POST + "Content-Length: 100\r\n\r\nlogin="),
    WAITS_TO_CONTINUE(POST + "Content-Length: 100\r\nExpect: 100-continue\r\n\r\n"),
    NO_HTTP("\026\003\001\002\000\001\000\001\r\n"),
    IDLE_AFTER_A_REQUEST("GET / HTTP/1.1\r\nHost: sekisho.test\r\n\r\n");

    private final String bytes;

    Kind(String bytes) {
      this.bytes = bytes;
    }
  }

  @AfterEach
  void end() throws IOException {
    for (Socket client : flood) {
      client.close();
    }
  }

  private static Socket connect(String from, int port, String bytes) throws IOException {
    Socket client = new Socket();
    client.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
    client.connect(new InetSocketAddress("127.0.0.1", port));
    client.setSoTimeout(20_000);
    client.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    return client;
  }

  private void flood(int port, String bytes) throws IOException {
    for (int i = 0; i < ADDRESSES * PER_ADDRESS; i++) {
      flood.add(connect("127.0.1." + (i % ADDRESSES + 1), port, bytes));
    }
  }

  private static String answer(Socket client) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    InputStream in = client.getInputStream();
    for (int b = in.read(); b >= 0 && b != '\r'; b = in.read()) {
      line.write(b);
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  private static double refused(ServiceUnderTest service, String reason) {
    String name = "sekisho_refused_total{reason=\"" + reason + "\"} ";
    return HttpProbe.once(
            service.managementPort(), "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .text()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
  }

  private static void assertLoginsAreAnswered(int port, String header) throws IOException {
    for (int i = 0; i < 15; i++) {
      try (Socket login = connect("127.0.9." + (i + 1), port, header + LOGIN)) {
        assertThat(answer(login)).as("login %d", i).isEqualTo("HTTP/1.1 302 Found");
      }
    }
  }

  @Nested
  class OfStrangersIT {

    @RegisterExtension
    static final ServiceUnderTest SERVICE =
        ServiceUnderTest.with(
            "SEKISHO_HTTP_MAX_CONNECTIONS",
            "" + MAX,
            "SEKISHO_HTTP_CONNECTIONS_PER_ADDRESS",
            "" + PER_ADDRESS);

    @ParameterizedTest
    @EnumSource
    void whoAsksForSomethingIsServed(Kind kind) throws IOException {
      flood(SERVICE.port(), kind.bytes);
      double evicted = refused(SERVICE, "evicted");
      assertLoginsAreAnswered(SERVICE.port(), "");
      if (kind != Kind.NO_HTTP) {
        // The others were answered, and closed soon.
        assertThat(refused(SERVICE, "evicted")).isGreaterThan(evicted);
      }
    }

    @Test
    void theOldestOfThoseThatSentNothingGivesWayFirst() throws IOException {
      try (Socket used = connect("127.0.8.1", SERVICE.port(), Kind.IDLE_AFTER_A_REQUEST.bytes);
          Socket begun = connect("127.0.8.2", SERVICE.port(), "GET ")) {
        assertThat(answer(used)).isEqualTo("HTTP/1.1 200 OK");
        for (int i = 0; i < MAX - 2; i++) {
          flood.add(connect("127.0.1." + (i % ADDRESSES + 1), SERVICE.port(), ""));
        }
        for (int i = 0; i < 3; i++) {
          flood.add(connect("127.0.2.1", SERVICE.port(), ""));
          assertThat(answer(flood.get(i))).as("nothing but the end").isEmpty();
        }
        begun
            .getOutputStream()
            .write("/ HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(answer(begun)).isEqualTo("HTTP/1.1 200 OK");
      }
    }

    @Test
    void aRequestUnderWayNeverGivesWay() throws IOException {
      try (SqlProbe lock = new SqlProbe(SERVICE.settings().mysql().url().orElseThrow());
          Socket report =
              connect("127.0.8.3", SERVICE.port(), "GET /report HTTP/1.1\r\nHost: a\r\n\r\n")) {
        lock.query("START TRANSACTION");
        lock.query("SELECT * FROM service_state FOR UPDATE");
        try (Socket waiting =
            connect("127.0.8.4", SERVICE.port(), "GET /report HTTP/1.1\r\nHost: a\r\n\r\n")) {
          flood(SERVICE.port(), "");
          assertLoginsAreAnswered(SERVICE.port(), "");
          lock.query("ROLLBACK");
          assertThat(answer(waiting)).isEqualTo("HTTP/1.1 200 OK");
        }
        assertThat(answer(report)).isEqualTo("HTTP/1.1 200 OK");
      }
    }

    @Test
    void theManagementPortServesWhoAsksToo() throws IOException {
      for (int i = 0; i < 100; i++) {
        flood.add(
            connect("127.0.0.1", SERVICE.managementPort(), i % 2 == 0 ? "" : "GET /livez HTT"));
      }
      for (int i = 0; i < 5; i++) {
        try (Socket asking =
            connect(
                "127.0.0.1",
                SERVICE.managementPort(),
                "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
          assertThat(answer(asking)).isEqualTo("HTTP/1.1 200 OK");
        }
      }
      assertThat(refused(SERVICE, "management")).isPositive();
    }
  }

  @Nested
  class BehindAProxyIT {

    private static final String HEADER = "PROXY TCP4 192.0.2.1 127.0.0.1 4711 80\r\n";

    @RegisterExtension
    static final ServiceUnderTest SERVICE =
        ServiceUnderTest.with(
            "SEKISHO_HTTP_MAX_CONNECTIONS",
            "" + MAX,
            "SEKISHO_HTTP_PROXY_PROTOCOL",
            "true",
            "SEKISHO_TRUSTED_PROXIES",
            "127.0.0.0/8",
            "SEKISHO_HTTP_REQUEST_TIMEOUT_S",
            "2");

    @Test
    void connectionsWithoutAHeaderOrARequestGiveWay() throws IOException {
      for (String bytes : List.of("", HEADER.substring(0, 20), HEADER)) {
        flood(SERVICE.port(), bytes);
        assertLoginsAreAnswered(SERVICE.port(), HEADER.replace("192.0.2.1", "198.51.100.1"));
        end();
        flood.clear();
      }
    }

    @Test
    void aHeaderThatDripsEndsTheConnection() throws IOException {
      try (Socket client = connect("127.0.0.1", SERVICE.port(), "P")) {
        Until.isTrue(
            "the connection is closed",
            Duration.ofSeconds(10),
            () -> {
              try {
                client.getOutputStream().write('R');
                client.setSoTimeout(100);
                return client.getInputStream().read() < 0;
              } catch (java.net.SocketTimeoutException e) {
                return false;
              } catch (IOException e) {
                return true;
              }
            });
      }
    }
  }
}
