package sekisho.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.testing.ChannelProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceHome.Finished;
import sekisho.testing.ServiceProcess;
import sekisho.testing.SmallStores;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestServers;

/** The public listener on a Unix socket, alone and beside the port. */
class UnixSocketIT {

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  private static SmallStores stores;
  private ServiceHome home;
  private Path socket;

  @BeforeAll
  static void makeStores() {
    stores = SmallStores.withUsers(TestServers.shared(), 1);
  }

  @BeforeEach
  void configure() {
    home = new ServiceHome().with(stores);
    socket = home.directory().resolve("http.sock");
    home.with("SEKISHO_HTTP_SOCKET", socket.toString()).with("SEKISHO_HTTP_EVENT_LOOPS", "2");
  }

  @AfterEach
  void closeHome() {
    home.close();
  }

  private SocketAddress address() {
    return ChannelProbe.unix(socket);
  }

  private static String login(String... headers) {
    String form = "login=user1&password=password1";
    return "POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        + form.length()
        + "\r\n"
        + String.join("", headers)
        + "\r\n"
        + form;
  }

  private static void end(ServiceProcess service) {
    service.signal("TERM");
    Finished end = service.awaitEnd();
    assertThat(end.status()).isZero();
    assertThat(end.out()).endsWith("ended\n");
    assertThat(end.err()).isEmpty();
  }

  /** The port of this home is taken by nobody then. */
  private ServiceProcess startAlone() {
    return home.with("SEKISHO_HTTP_PORT", "").startReady("serve");
  }

  @Test
  void servesAloneAndTellsClientsByTheirHeader() throws IOException {
    ServiceProcess service = startAlone();
    service.awaitPrinted("serving on unix:" + socket + " (");
    assertThat(Files.getPosixFilePermissions(socket))
        .isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
    try (ChannelProbe kept = new ChannelProbe(address())) {
      kept.send(GET + GET + login("X-Forwarded-For: 203.0.113.1, 127.0.0.1\r\n"));
      assertThat(kept.receive().status()).isEqualTo(200);
      assertThat(kept.receive().status()).isEqualTo(200);
      HttpReply success = kept.receive();
      assertThat(success.header("location")).isEqualTo("/mypage");
      kept.send("GET /report HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n");
      assertThat(kept.receive().status()).isEqualTo(200);
      kept.send("GET /report HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.1\r\n\r\n");
      assertThat(kept.receive().status()).isEqualTo(403);
      kept.send("GET /report HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(kept.receive().status()).isEqualTo(403);
      kept.send(login());
      assertThat(kept.receive().status()).isEqualTo(400);
    }
    try (SqlProbe sql = stores.sql()) {
      assertThat(sql.query("SELECT ip FROM login_log ORDER BY id DESC LIMIT 1"))
          .containsExactly("203.0.113.1");
    }
    end(service);
    assertThat(socket).doesNotExist();
  }

  @Test
  void servesBesideThePortWithTheModeThatIsSet() throws IOException {
    ServiceProcess service = home.with("SEKISHO_HTTP_SOCKET_MODE", "0600").startReady("serve");
    service.awaitPrinted(
        "serving on http://127.0.0.1:" + home.port() + "/ and unix:" + socket + " (");
    assertThat(Files.getPosixFilePermissions(socket))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    for (SocketAddress address : List.of(address(), ChannelProbe.tcp(home.port()))) {
      assertThat(ChannelProbe.once(address, GET).status()).isEqualTo(200);
    }
    end(service);
  }

  @Test
  void replacesWhatAKilledProcessLeftAndLeavesALivingOneAlone() {
    ServiceProcess killed = startAlone();
    killed.kill();
    assertThat(socket).exists();
    ServiceProcess service = home.startReady("serve");
    assertThat(ChannelProbe.once(address(), GET).status()).isEqualTo(200);
    home.with("SEKISHO_MANAGEMENT_PORT", Integer.toString(ServiceHome.freePort()));
    Finished second = home.run("serve");
    assertThat(second.status()).isEqualTo(1);
    assertThat(second.err())
        .isEqualTo(
            "sekisho: cannot listen on "
                + socket
                + " (sekisho.http.socket): another process does;"
                + " end it, or set sekisho.http.socket to another path\n");
    assertThat(ChannelProbe.once(address(), GET).status()).isEqualTo(200);
    end(service);
  }

  @Test
  void limitsOfAnAddressDoNotConcernItAndThePROXYProtocolNamesClients() throws IOException {
    home.with("SEKISHO_HTTP_CONNECTIONS_PER_ADDRESS", "1")
        .with("SEKISHO_HTTP_PROXY_PROTOCOL", "true")
        .with("SEKISHO_TRUSTED_PROXIES", "");
    ServiceProcess service = startAlone();
    try (ChannelProbe one = new ChannelProbe(address());
        ChannelProbe two = new ChannelProbe(address());
        ChannelProbe named = new ChannelProbe(address())) {
      for (ChannelProbe connection : List.of(one, two)) {
        connection.send("PROXY UNKNOWN\r\n" + login("X-Forwarded-For: 203.0.113.2\r\n"));
        assertThat(connection.receive().status()).isEqualTo(302);
      }
      named.send(
          "PROXY TCP4 203.0.113.3 127.0.0.1 1 2\r\n" + login("X-Forwarded-For: 203.0.113.4\r\n"));
      assertThat(named.receive().status()).isEqualTo(302);
      two.send("GET /report HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n");
      assertThat(two.receive().status()).isEqualTo(200);
    }
    try (SqlProbe sql = stores.sql()) {
      assertThat(sql.query("SELECT ip FROM login_log ORDER BY id DESC LIMIT 3"))
          .containsExactly("203.0.113.3", "203.0.113.2", "203.0.113.2");
    }
    end(service);
  }

  @Test
  void silentConnectionsGiveWayHereToo() throws IOException {
    home.with("SEKISHO_HTTP_MAX_CONNECTIONS", "4");
    ServiceProcess service = startAlone();
    try (ChannelProbe a = new ChannelProbe(address());
        ChannelProbe b = new ChannelProbe(address());
        ChannelProbe c = new ChannelProbe(address());
        ChannelProbe d = new ChannelProbe(address())) {
      for (int i = 0; i < 3; i++) {
        assertThat(ChannelProbe.once(address(), GET).status()).isEqualTo(200);
      }
      assertThat(a.isClosedByServer()).isTrue();
      for (ChannelProbe silent : List.of(b, c, d)) {
        silent.close();
      }
    }
    end(service);
  }
}
