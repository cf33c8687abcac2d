package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.net.IpAddress;
import sekisho.testing.HttpProbe;
import sekisho.testing.ServiceUnderTest;

/**
 * The PROXY protocol (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt), when it is on.
 */
class ProxyProtocolIT {

  /** As no header of version 1 is, in all. */
  private static final String TOO_LONG =
      "80                                                                                    ";

  private static String login(String... headers) {
    String form = "login=nobody&password=x";
    return "POST /login HTTP/1.1\r\nHost: sekisho.test\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        + "Content-Length: "
        + form.length()
        + "\r\n"
        + String.join("", headers)
        + "\r\n"
        + form;
  }

  /** A header of version 2, as chars. */
  private static String v2(int versionAndCommand, int family, byte[] addresses) {
    ByteBuffer header =
        ByteBuffer.allocate(16 + addresses.length)
            .put(new byte[] {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10})
            .put((byte) versionAndCommand)
            .put((byte) family)
            .putShort((short) addresses.length)
            .put(addresses);
    return new String(header.array(), StandardCharsets.ISO_8859_1);
  }

  private static byte[] endpoints(String source, String destination) {
    ByteBuffer bytes = ByteBuffer.allocate(source.contains(":") ? 36 : 12);
    for (String address : new String[] {source, destination}) {
      IpAddress ip = IpAddress.parse(address);
      if (bytes.capacity() == 36) {
        bytes.putLong(ip.high()).putLong(ip.low());
      } else {
        bytes.putInt((int) ip.low());
      }
    }
    return bytes.putShort((short) 4711).putShort((short) 80).array();
  }

  private static String logged(ServiceUnderTest service) {
    try (HttpProbe connection = new HttpProbe(service.port())) {
      connection.send("PROXY UNKNOWN\r\nGET /report HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(connection.receive().status()).isEqualTo(200);
    }
    return service.sql().query("SELECT ip FROM login_log ORDER BY id DESC LIMIT 1").get(0);
  }

  @Nested
  class FromATrustedProxyIT {

    @RegisterExtension
    static final ServiceUnderTest SERVICE =
        ServiceUnderTest.with(
            "SEKISHO_HTTP_PROXY_PROTOCOL",
            "true",
            "SEKISHO_HTTP_REQUEST_TIMEOUT_S",
            "1",
            "SEKISHO_HTTP_CONNECTIONS_PER_ADDRESS",
            "2");

    private static void assertLoggedAs(String client, String header, String request) {
      try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
        connection.send(header + request);
        assertThat(connection.receive().status()).isEqualTo(302);
        connection.send(login("X-Forwarded-For: 203.0.113.200\r\n"));
        assertThat(connection.receive().status()).isEqualTo(302);
      }
      assertThat(logged(SERVICE)).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "PROXY TCP4 192.0.2.7 127.0.0.1 4711 80             | 192.0.2.7",
          "PROXY TCP6 2001:db8:1:2::7 ::1 4711 80             | 2001:db8:1:2::/64",
          "PROXY TCP6 ::ffff:192.0.2.8 ::1 4711 80            | 192.0.2.8"
        })
    void version1NamesTheClientWhoseOwnClaimsDoNotCount(String header, String client) {
      assertLoggedAs(client, header + "\r\n", login("X-Forwarded-For: 203.0.113.200\r\n"));
    }

    @Test
    void version2NamesTheClientWhoseOwnClaimsDoNotCount() {
      assertLoggedAs("192.0.2.9", v2(0x21, 0x11, endpoints("192.0.2.9", "127.0.0.1")), login());
      assertLoggedAs(
          "2001:db8:1:3::/64",
          v2(0x21, 0x21, endpoints("2001:db8:1:3::1", "2001:db8::1")),
          login());
    }

    @Test
    void aTrustedProxyBehindTheFirstIsBelieved() {
      assertLoggedAs("203.0.113.200", "PROXY TCP4 127.0.0.1 127.0.0.1 4711 80\r\n", login());
    }

    @Test
    void aConnectionOfTheProxyItselfIsThatOfThePeer() {
      for (String header :
          new String[] {
            "PROXY UNKNOWN\r\n",
            "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n",
            v2(0x20, 0x00, new byte[0]),
            v2(0x20, 0x11, endpoints("192.0.2.10", "127.0.0.1"))
          }) {
        try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
          connection.send(header + login());
          assertThat(connection.receive().status()).isEqualTo(302);
        }
        assertThat(logged(SERVICE)).isEqualTo("127.0.0.1");
      }
    }

    @Test
    void connectionsAreCountedForTheClient() {
      String header = "PROXY TCP4 192.0.2.11 127.0.0.1 4711 80\r\n";
      try (HttpProbe one = new HttpProbe(SERVICE.port());
          HttpProbe two = new HttpProbe(SERVICE.port());
          HttpProbe three = new HttpProbe(SERVICE.port());
          HttpProbe other = new HttpProbe(SERVICE.port())) {
        one.send(header + login());
        assertThat(one.receive().status()).isEqualTo(302);
        two.send(header + login());
        assertThat(two.receive().status()).isEqualTo(302);
        three.send(header + login());
        assertThat(three.isClosedByServer()).isTrue();
        other.send(header.replace(".11", ".12") + login());
        assertThat(other.receive().status()).isEqualTo(302);
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "PROXY\r\n",
          "PROXY TCP4\r\n",
          "PROXY TCP4 192.0.2.7 127.0.0.1 4711\r\n",
          "PROXY TCP4 192.0.2.256 127.0.0.1 4711 80\r\n",
          "PROXY TCP4 ::1 ::1 4711 80\r\n",
          "PROXY TCP4 localhost 127.0.0.1 1 80\r\n",
          "PROXY TCP4 192.0.2.7 127.0.0.1 65536 80\r\n",
          "PROXY UDP4 192.0.2.7 127.0.0.1 1 80\r\n",
          "PROXY TCP6 fe80::1%1 ::1 1 80\r\n",
          "PROXY TCP4  192.0.2.7 127.0.0.1 4711 80\r\n",
          "proxy TCP4 192.0.2.7 127.0.0.1 4711 80\r\n",
          "PROXY TCP4 192.0.2.7 127.0.0.1 4711 " + TOO_LONG + "\r\n"
        })
    void whatIsNoHeaderOfVersion1EndsTheConnection(String header) {
      assertClosed(header);
    }

    @Test
    void whatIsNoHeaderOfVersion2EndsTheConnection() {
      byte[] addresses = endpoints("192.0.2.7", "127.0.0.1");
      assertClosed(v2(0x31, 0x11, addresses));
      assertClosed(v2(0x22, 0x11, addresses));
      assertClosed(v2(0x21, 0x12, addresses));
      assertClosed(v2(0x21, 0x11, new byte[4]));
      assertClosed(v2(0x21, 0x21, addresses));
      byte[] unix = new byte[216];
      unix[0] = '/';
      assertClosed(v2(0x21, 0x31, unix));
    }

    private static void assertClosed(String header) {
      try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
        connection.trySend(header + "GET / HTTP/1.1\r\nHost: sekisho.test\r\n\r\n");
        assertThat(connection.isClosedByServer()).as(header).isTrue();
      }
    }

    @Test
    void aHeaderThatDoesNotComeEndsTheConnection() {
      try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
        connection.send("PROXY TCP4 ");
        assertThat(connection.isClosedByServer()).isTrue();
      }
    }

    @Test
    void refusalsAreCounted() {
      assertClosed("");
      assertThat(
              HttpProbe.once(
                      SERVICE.managementPort(), "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .text())
          .containsPattern("sekisho_refused_total\\{reason=\"proxy_header\"} [1-9]");
    }
  }

  @Nested
  class FromAStrangerIT {

    @RegisterExtension
    static final ServiceUnderTest SERVICE =
        ServiceUnderTest.with(
            "SEKISHO_HTTP_PROXY_PROTOCOL", "true", "SEKISHO_TRUSTED_PROXIES", "10.0.0.0/8");

    @ParameterizedTest
    @ValueSource(
        strings = {
          "PROXY TCP4 10.0.0.1 127.0.0.1 4711 80\r\n",
          "PROXY TCP4 192.0.2.7 127.0.0.1 4711 80\r\n",
          "PROXY UNKNOWN\r\n",
          ""
        })
    void aHeaderIsNotBelieved(String header) {
      try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
        connection.send(header + login());
        assertThat(connection.isClosedByServer()).isTrue();
      }
      String queue = SERVICE.settings().redis().keyPrefix() + "queue";
      assertThat(SERVICE.redis().send("LLEN", queue).toInteger()).as("attempts").isZero();
    }
  }

  @Nested
  class WhenItIsOffIT {

    @RegisterExtension static final ServiceUnderTest SERVICE = ServiceUnderTest.with();

    @Test
    void aHeaderIsNoHttp() {
      assertThat(
              HttpProbe.once(SERVICE.port(), "PROXY TCP4 192.0.2.7 127.0.0.1 4711 80\r\n" + login())
                  .status())
          .isEqualTo(400);
    }
  }
}
