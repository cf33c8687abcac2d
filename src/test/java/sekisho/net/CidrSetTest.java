package sekisho.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CidrSetTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "127.0.0.0/8                | 127.0.0.1 127.255.255.255 ::ffff:127.0.0.1 | 126.255.255.255 128.0.0.0 ::7f00:1",
        "192.0.2.7                  | 192.0.2.7                                  | 192.0.2.6 192.0.2.8",
        "192.0.2.7/32               | 192.0.2.7                                  | 192.0.2.6 192.0.2.8",
        "10.0.0.0/31                | 10.0.0.0 10.0.0.1                          | 10.0.0.2 9.255.255.255",
        "0.0.0.0/0                  | 0.0.0.0 255.255.255.255 ::ffff:1.2.3.4     | :: ::1 2001:db8::1",
        "::/0                       | :: ::1 ffff::                              | 0.0.0.0 127.0.0.1 ::ffff:1.2.3.4",
        "::1                        | ::1                                        | :: ::2 127.0.0.1",
        "::1/128                    | ::1                                        | :: ::2 0.0.0.1",
        "2001:db8::/32              | 2001:db8:: 2001:db8:ffff::1                | 2001:db7:: 2001:db9::",
        "2001:db8::/63              | 2001:db8:0:1:ffff::                        | 2001:db8:0:2::",
        "2001:db8::/64              | 2001:db8::ffff:0:0:1                       | 2001:db8:0:1::",
        "2001:db8::8000:0:0:0/65    | 2001:db8::8000:0:0:1                       | 2001:db8::1",
        "2001:db8::4/126            | 2001:db8::7                                | 2001:db8::8 2001:db8::3",
        "::ffff:10.0.0.0/104        | 10.1.2.3                                   | 11.0.0.0 ::a00:1",
        "::ffff:0:0/96              | 0.0.0.0 1.2.3.4                            | ::1",
        "10.0.0.0/8, 192.168.0.0/16 | 10.1.1.1 192.168.1.1                       | 172.16.0.1",
        "'  10.0.0.1 ,::1 '         | 10.0.0.1 ::1                               | 10.0.0.2",
        "''                         | ''                                         | 0.0.0.0 127.0.0.1 :: ::1",
      })
  void containsExactlyItsBlocks(String list, String inside, String outside) {
    CidrSet blocks = CidrSet.parse(list);

    assertThat(words(inside)).allMatch(text -> blocks.contains(IpAddress.parse(text)));
    assertThat(words(outside)).noneMatch(text -> blocks.contains(IpAddress.parse(text)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.0.1, localhost | 'localhost' is not an address block: 'localhost' is not an IPv4 or IPv6 address; "
            + "names are not looked up",
        "10.0.0.1,,::1       | '' is not an address block: '' is not an IPv4 or IPv6 address; names are not looked up",
        "10.0.0.1,           | '' is not an address block: '' is not an IPv4 or IPv6 address; names are not looked up",
        "010.0.0.1           | '010.0.0.1' is not an address block: '010.0.0.1' is not an IPv4 or IPv6 address; "
            + "names are not looked up",
        "10.0.0.1/8          | '10.0.0.1/8' is not an address block: it has bits set beyond its prefix; "
            + "write 10.0.0.0/8",
        "2001:db8::1/64      | '2001:db8::1/64' is not an address block: it has bits set beyond its prefix; "
            + "write 2001:db8::/64",
        "::ffff:0:0/95       | '::ffff:0:0/95' is not an address block: it has bits set beyond its prefix; "
            + "write ::fffe:0:0/95",
        "10.0.0.0/33         | '10.0.0.0/33' is not an address block: the prefix length has to be a number from 0 to 32",
        "::/129              | '::/129' is not an address block: the prefix length has to be a number from 0 to 128",
        "10.0.0.0/           | '10.0.0.0/' is not an address block: the prefix length has to be a number from 0 to 32",
        "10.0.0.0/-1         | '10.0.0.0/-1' is not an address block: the prefix length has to be a number from 0 to 32",
        "10.0.0.0/8/8        | '10.0.0.0/8/8' is not an address block: the prefix length has to be a number from 0 to 32",
        "10.0.0.0/0x8        | '10.0.0.0/0x8' is not an address block: the prefix length has to be a number from 0 to 32",
        "::/9999             | '::/9999' is not an address block: the prefix length has to be a number from 0 to 128",
      })
  void namesTheBadEntry(String list, String message) {
    assertThatThrownBy(() -> CidrSet.parse(list))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void proposesNothingThatWouldMeanSomethingElse() {
    assertThatThrownBy(() -> CidrSet.parse("::ffff:10.0.0.1/104"))
        .hasMessageEndingWith("its prefix");
  }

  @Test
  void takesAddressesInEveryForm() throws UnknownHostException {
    CidrSet blocks = CidrSet.parse("127.0.0.0/8");

    assertThat(blocks.contains(new byte[] {127, 0, 0, 1})).isTrue();
    assertThat(blocks.contains(new byte[] {10, 0, 0, 1})).isFalse();
    assertThat(blocks.contains(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))).isTrue();
    assertThat(blocks.contains(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}))).isFalse();
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void comparesThePrefixAlone(
      @ForAll @Size(16) byte[] one,
      @ForAll @Size(16) byte[] other,
      @ForAll @IntRange(max = 128) int prefix,
      @ForAll @IntRange(max = 128) int shared) {
    one[0] |= 0x20; // keep clear of IPv4-mapped addresses
    BigInteger rest = BigInteger.ONE.shiftLeft(128 - shared).subtract(BigInteger.ONE);
    BigInteger address = new BigInteger(1, one);
    BigInteger probe = address.andNot(rest).or(new BigInteger(1, other).and(rest));
    BigInteger base = address.shiftRight(128 - prefix).shiftLeft(128 - prefix);

    boolean inside = probe.shiftRight(128 - prefix).equals(address.shiftRight(128 - prefix));
    boolean ipv4 = address(probe).isIpv4();
    assertThat(CidrSet.parse(address(base) + "/" + prefix).contains(address(probe)))
        .isEqualTo(inside && !ipv4);
  }

  private static IpAddress address(BigInteger number) {
    return new IpAddress(number.shiftRight(64).longValue(), number.longValue());
  }

  private static String[] words(String text) {
    return text.isEmpty() ? new String[0] : text.split(" +");
  }
}
