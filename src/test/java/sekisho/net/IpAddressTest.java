package sekisho.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 0.0.0.0",
    "127.0.0.1, 127.0.0.1",
    "255.255.255.255, 255.255.255.255",
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "0:0:0:0:0:0:0:1, ::1",
    "2001:DB8::A, 2001:db8::a",
    "2001:0db8:0000:0000:0001:0000:0000:0001, 2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
    "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
    "64:ff9b::192.0.2.1, 64:ff9b::c000:201",
    "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
    "::1.2.3.4, ::102:304",
    "::ffff:1.2.3.4, 1.2.3.4",
    "::FFFF:102:304, 1.2.3.4",
    "0:0:0:0:0:ffff:1.2.3.4, 1.2.3.4",
    "::ffff:0:0, 0.0.0.0",
    "::ffff:0:1.2.3.4, ::ffff:0:102:304",
    "::fffe:1.2.3.4, ::fffe:102:304",
  })
  void readsAndWritesCanonically(String text, String canonical) {
    assertThat(IpAddress.parse(text)).hasToString(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ".",
        "...",
        "1",
        "1.2.3",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "1.2.3.4.",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.1000",
        "01.2.3.4",
        "1.2.3.04",
        "00.0.0.0",
        "0x1.2.3.4",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "-1.2.3.4",
        "+1.2.3.4",
        " 1.2.3.4",
        "1.2.3.4 ",
        "1.2.3.4\n",
        "1.2.3.4/32",
        "1.2.3.4:80",
        "1,2,3,4",
        "١.2.3.4",
        "１.2.3.4",
        "localhost",
        "unknown",
        "example.org",
        ":",
        ":::",
        ":1",
        "1:",
        ":1::",
        "1::2:",
        "::1::",
        "1:::2",
        "12345::",
        "::12345",
        "::g",
        "::١",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8:",
        "::1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8::",
        "1:2:3:4::5:6:7:8",
        "[::1]",
        "[::1",
        "::1]",
        "::1%eth0",
        "::1%",
        "fe80::1%1",
        "::1/128",
        " ::1",
        "::1 ",
        "::ffff:01.2.3.4",
        "::ffff:1.2.3",
        "::ffff:1.2.3.4.5",
        "::1.2.3.256",
        "::ffff:1.2.3.4:5",
        "1:2:3:4:5:6:7:1.2.3.4",
        "1.2.3.4::",
        "1:2:3:4:5:1.2.3.4",
        "::.1.2.3",
        "::a.1.2.3",
      })
  void refusesWhatIsNoAddress(String text) {
    assertThat(IpAddress.parse(text)).isNull();
  }

  @Test
  void takesBytesOfEitherLengthOnly() {
    assertThat(IpAddress.of(new byte[] {127, 0, 0, 1})).hasToString("127.0.0.1");
    assertThatThrownBy(() -> IpAddress.of(new byte[5]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void ipv4TextIsItsOwnCanonicalForm(@ForAll @Size(4) byte[] bytes) throws UnknownHostException {
    InetAddress jdk = InetAddress.getByAddress(bytes);
    IpAddress address = IpAddress.of(bytes);

    assertThat(address.isIpv4()).isTrue();
    assertThat(address).hasToString(jdk.getHostAddress());
    assertThat(IpAddress.of(jdk)).isEqualTo(address);
    assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
    assertThat(IpAddress.parse("::ffff:" + address)).isEqualTo(address);
  }

  @Property
  void ipv6TextsOfOneAddressAgree(@ForAll("ipv6") byte[] bytes) throws UnknownHostException {
    IpAddress address = IpAddress.of(bytes);

    assertThat(IpAddress.parse(InetAddress.getByAddress(bytes).getHostAddress()))
        .isEqualTo(address);
    assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
    assertThat(IpAddress.parse(address.toString().toUpperCase())).isEqualTo(address);
  }

  /** RFC 5952, section 4, told without the code under test. */
  @Property
  void ipv6TextIsCanonical(@ForAll("ipv6") byte[] bytes) {
    IpAddress address = IpAddress.of(bytes);
    if (address.isIpv4()) {
      return;
    }
    StringBuilder full = new StringBuilder(":");
    for (int i = 0; i < 16; i += 2) {
      full.append(Integer.toHexString((bytes[i] & 0xff) << 8 | bytes[i + 1] & 0xff)).append(':');
    }
    String expected = full.substring(1, full.length() - 1);
    for (int zeros = 8; zeros >= 2; zeros--) {
      String run = ":" + "0:".repeat(zeros);
      int start = full.indexOf(run);
      if (start >= 0) {
        String left = full.substring(0, start).replaceFirst("^:", "");
        String right = full.substring(start + run.length()).replaceFirst(":$", "");
        expected = left + "::" + right;
        break;
      }
    }
    assertThat(address).hasToString(expected);
  }

  @Property
  void neverFailsOnAnyText(
      @ForAll
          @AlphaChars
          @NumericChars
          @Chars({':', '.', '%', '[', ']', '/'})
          @StringLength(max = 45)
          String text) {
    IpAddress address = IpAddress.parse(text);

    assertThat(address == null || IpAddress.parse(address.toString()).equals(address)).isTrue();
  }

  @Property
  void readsWhatTheJdkReadsAsIpv6(
      @ForAll
          @CharRange(from = '0', to = '2')
          @Chars({':', 'f', '.'})
          @StringLength(min = 2, max = 20)
          String text) {
    if (!text.contains(":")) {
      return;
    }
    IpAddress address = IpAddress.parse(text);
    if (address != null) {
      // With a colon inside it is a literal for the JDK too, or refused at once: no look-up either
      // way.
      assertThat(jdk(text)).isEqualTo(address);
    }
  }

  private static IpAddress jdk(String literal) {
    try {
      return IpAddress.of(InetAddress.getByName(literal));
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /** Sixteen bytes in groups that are often zero, sometimes IPv4-mapped. */
  @Provide
  Arbitrary<byte[]> ipv6() {
    Arbitrary<Integer> group =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.just(0)),
            Tuple.of(1, Arbitraries.just(0xffff)),
            Tuple.of(2, Arbitraries.integers().between(0, 0xffff)));
    return group
        .list()
        .ofSize(8)
        .map(
            groups -> {
              byte[] bytes = new byte[16];
              for (int i = 0; i < 8; i++) {
                bytes[2 * i] = (byte) (groups.get(i) >> 8);
                bytes[2 * i + 1] = (byte) (int) groups.get(i);
              }
              return bytes;
            });
  }
}
