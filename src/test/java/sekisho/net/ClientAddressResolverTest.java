package sekisho.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressResolverTest {

  private final ClientAddressResolver resolver =
      new ClientAddressResolver(
          CidrSet.parse("127.0.0.1/32, ::1/128, 10.0.0.0/8"), new ClientPrefix(128));
  private final Peer proxy = peer("127.0.0.1", true);

  private static Peer peer(String address, boolean trusted) {
    return new Peer(IpAddress.parse(address), address, trusted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.1                                  | 192.0.2.1",
        "'  192.0.2.1 \t'                           | 192.0.2.1",
        "203.0.113.9, 192.0.2.1                     | 192.0.2.1",
        "203.0.113.9,192.0.2.1,10.0.0.5,127.0.0.1   | 192.0.2.1",
        "10.0.0.7, 10.0.0.5, 127.0.0.1              | 10.0.0.7",
        "127.0.0.1                                  | 127.0.0.1",
        "2001:DB8:0::1                              | 2001:db8::1",
        "::ffff:192.0.2.1                           | 192.0.2.1",
        "192.0.2.1, ::ffff:10.0.0.5                 | 192.0.2.1",
        "192.0.2.1:4711                             | 192.0.2.1",
        "192.0.2.1:0                                | 192.0.2.1",
        "192.0.2.1:65535, 10.0.0.5:80               | 192.0.2.1",
        "[2001:db8::1]:443                          | 2001:db8::1",
        "[::ffff:192.0.2.1]:443                     | 192.0.2.1",
        "2001:db8::1:443                            | 2001:db8::1:443",
        "[2001:db8::1]                              | 2001:db8::1",
        "203.0.113.9, [2001:DB8:0::1]               | 2001:db8::1",
        "192.0.2.1, [::1], [::ffff:10.0.0.5]        | 192.0.2.1",
        "[::ffff:192.0.2.1]                         | 192.0.2.1",
        // Hops over a Unix socket, as nginx writes them.
        "192.0.2.1, unix:                           | 192.0.2.1",
        "192.0.2.1,unix:,unix:                      | 192.0.2.1",
        "192.0.2.1, unix:, 10.0.0.5                 | 192.0.2.1",
        "192.0.2.1, 10.0.0.5, unix:                 | 192.0.2.1",
        "192.0.2.1, unix:/run/nginx.sock            | 192.0.2.1",
        "192.0.2.1, unix:@front                     | 192.0.2.1",
        "10.0.0.7, unix:                            | 10.0.0.7",
        "unix:, 10.0.0.7                            | 10.0.0.7",
        "unix:, 10.0.0.7, unix:, 10.0.0.8, unix:    | 10.0.0.7",
        "unix:                                      | 127.0.0.1",
        "unix:, unix:                               | 127.0.0.1",
        // What stands left of the client is the client's own invention.
        "<script>, unknown,, %, 192.0.2.1           | 192.0.2.1",
        ",192.0.2.1                                 | 192.0.2.1",
      })
  void takesTheFirstValueFromTheRightThatIsNotATrustedProxy(String header, String client) {
    assertThat(resolver.client(proxy, List.of(header))).isEqualTo(client);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2001:db8:1:2::7                       | 2001:db8:1:2::/64",
        "2001:db8:1:2::7, 10.0.0.5             | 2001:db8:1:2::/64",
        "[2001:db8:1:2::7]:443                 | 2001:db8:1:2::/64",
        "2001:db8:1:2::7, 192.0.2.1            | 192.0.2.1",
        "::ffff:192.0.2.1                      | 192.0.2.1",
        "::1                                   | ::1",
        // Within the prefix of a trusted proxy, and yet not that proxy.
        "2001:db8:ffff::2                      | 2001:db8:ffff::/64",
        "192.0.2.1, 2001:db8:ffff::1           | 192.0.2.1",
      })
  void countsIpv6ByPrefixAndTrustsFullAddresses(String header, String client) {
    ClientAddressResolver byPrefix =
        new ClientAddressResolver(
            CidrSet.parse("127.0.0.1, ::1, 10.0.0.0/8, 2001:db8:ffff::1"), new ClientPrefix(64));

    assertThat(byPrefix.client(proxy, List.of(header))).isEqualTo(client);
  }

  @Test
  void walksOverLongHeadersWithoutReadingWhatStandsLeft() {
    String junk = "x".repeat(100_000);
    assertThat(resolver.client(proxy, List.of(junk + ", 192.0.2.1"))).isEqualTo("192.0.2.1");
    assertThat(resolver.client(proxy, List.of(junk, "192.0.2.1" + ",10.0.0.1".repeat(10_000))))
        .isEqualTo("192.0.2.1");
    for (String tooLong :
        List.of(
            junk,
            "192.0.2.1" + "0".repeat(100),
            "[" + "0".repeat(100) + "::1]:80",
            "2001:db8::" + "0".repeat(100) + "1",
            "192.0.2.1:" + "0".repeat(100_000))) {
      if (tooLong.startsWith("192.0.2.1:")) {
        assertThat(resolver.client(proxy, List.of(tooLong)))
            .as("a port, however written")
            .isEqualTo("192.0.2.1");
      } else {
        assertThat(
                catchThrowableOfType(
                    UnknownClientException.class, () -> resolver.client(proxy, List.of(tooLong))))
            .isNotNull();
      }
    }
  }

  @Test
  void aPeerOverAUnixSocketIsAProxyWithoutAnAddress() {
    assertThat(
            resolver.client(Peer.UNIX_SOCKET, List.of("203.0.113.9, 192.0.2.1", "10.0.0.1, unix:")))
        .isEqualTo("192.0.2.1");
    assertThat(resolver.client(Peer.UNIX_SOCKET, List.of("10.0.0.1, unix:"))).isEqualTo("10.0.0.1");
    for (List<String> none :
        List.of(List.<String>of(), List.of("unix:"), List.of("unix:", "unix:, unix:"))) {
      assertThat(resolver.address(Peer.UNIX_SOCKET, none)).isNull();
      assertThat(
              catchThrowableOfType(
                  UnknownClientException.class, () -> resolver.client(Peer.UNIX_SOCKET, none)))
          .hasMessage("The proxy does not name a client in X-Forwarded-For.");
    }
    assertThat(
            catchThrowableOfType(
                UnknownClientException.class,
                () -> resolver.client(Peer.UNIX_SOCKET, List.of("unknown"))))
        .isNotNull();
  }

  @Test
  void joinsAllHeaderLines() {
    assertThat(resolver.client(proxy, List.of("192.0.2.1, 192.0.2.2", "192.0.2.3")))
        .isEqualTo("192.0.2.3");
    assertThat(resolver.client(proxy, List.of("192.0.2.1, 192.0.2.2", "10.0.0.3")))
        .isEqualTo("192.0.2.2");
    assertThat(resolver.client(proxy, List.of("10.0.0.1", "10.0.0.2,10.0.0.3", "::1")))
        .isEqualTo("10.0.0.1");
    assertThat(resolver.client(proxy, List.of("", "192.0.2.3"))).isEqualTo("192.0.2.3");
  }

  @Test
  void takesThePeerWithoutAHeader() {
    assertThat(resolver.client(proxy, List.of())).isEqualTo("127.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"203.0.113.9", "127.0.0.1", "", "garbage", "\0"})
  void ignoresTheHeaderOfAnUntrustedPeerWholly(String header) {
    assertThat(resolver.client(peer("192.0.2.1", false), List.of(header))).isEqualTo("192.0.2.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\t",
        ",",
        "192.0.2.1,",
        "192.0.2.1, ",
        "192.0.2.1,,10.0.0.5",
        ",10.0.0.5",
        "unknown",
        "localhost",
        "example.org",
        "_hidden",
        "192.0.2.1, unknown",
        "unknown, 10.0.0.5",
        "192.0.2.01",
        "192.0.2",
        "3221225985",
        "0xC0000201",
        "0300.0.2.1",
        "192.0.2.1 192.0.2.2",
        "192.0.2.1;",
        "\"192.0.2.1\"",
        "fe80::1%eth0",
        "::1%",
        "[2001:db8::1",
        "2001:db8::1]",
        "[192.0.2.1]",
        "[]",
        "[",
        "]",
        "[::1]]",
        "[[::1]]",
        "[::1%eth0]",
        "[ ::1]",
        "[2001:db8::1] 10.0.0.5",
        "[::1",
        "192.0.2.1, [",
        "unix",
        "UNIX:",
        "xunix:",
        "unix: 192.0.2.1",
        "unix:\0",
        "unix:, unknown, unix:",
        ",unix:",
        "unix:,",
        "192.0.2.1, , unix:",
        "2001:db8::1]:443",
        "[192.0.2.1]:443",
        "[]:443",
        "[:443",
        "]:443",
        ":443",
        "[2001:db8::1]443",
        "[2001:db8::1]:",
        "192.0.2.1:",
        "192.0.2.1:x",
        "192.0.2.1:-1",
        "192.0.2.1:65536",
        "192.0.2.1:99999999999999999999",
        "192.0.2.1:80:80",
        "::192.0.2.1:80",
        "for=192.0.2.1",
        "192.0.2.1\0",
        "１92.0.2.1",
      })
  void refusesAValueThatHadToBeBelieved(String header) {
    UnknownClientException refusal =
        catchThrowableOfType(
            UnknownClientException.class, () -> resolver.client(proxy, List.of(header)));

    assertThat(refusal).as(header).hasMessage("X-Forwarded-For does not hold a valid address.");
  }

  @Test
  void refusesAnEmptyLineMetOnTheWalk() {
    assertThat(
            catchThrowableOfType(
                UnknownClientException.class,
                () -> resolver.client(proxy, List.of("192.0.2.1", ""))))
        .isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, true",
    "127.0.0.2, 127.0.0.2, false",
    "::1, ::1, true",
    "::ffff:10.1.2.3, 10.1.2.3, true",
    "2001:DB8::0:1, 2001:db8::1, false",
    "fe80::1%1, fe80::1, false",
  })
  void describesThePeer(String literal, String canonical, boolean trusted)
      throws UnknownHostException {
    assertThat(resolver.peer(IpAddress.of(InetAddress.getByName(literal))))
        .isEqualTo(peer(canonical, trusted));
  }

  /**
   * However a client fills the header, the address that the outermost proxy appends is the one that
   * counts.
   */
  @Property
  void cannotBeMisledByTheClient(@ForAll List<String> invented, @ForAll @Size(4) byte[] client) {
    client[0] = (byte) 192;
    String address = IpAddress.of(client).toString();
    List<String> lines = new ArrayList<>(invented);
    lines.add(String.join(",", invented) + ", " + address + ", 10.0.0.5");

    assertThat(resolver.client(proxy, lines)).isEqualTo(address);
  }

  @Property
  void findsAnAddressOrRefusesAnyHeader(@ForAll List<String> lines) {
    try {
      assertThat(IpAddress.parse(resolver.client(proxy, lines))).isNotNull();
    } catch (UnknownClientException e) {
      assertThat(e).hasMessageContaining("X-Forwarded-For");
    }
  }
}
