package sekisho.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientPrefixTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "64  | 2001:db8:1:2:3:4:5:6                     | 2001:db8:1:2::/64",
        "64  | 2001:db8::1                              | 2001:db8::/64",
        "64  | ::                                       | ::/64",
        "64  | ::2                                      | ::/64",
        "64  | fe80::1                                  | fe80::/64",
        "56  | 2001:db8:1:2ff::1                        | 2001:db8:1:200::/56",
        "48  | 2001:db8:1:2::1                          | 2001:db8:1::/48",
        "1   | ffff::                                   | 8000::/1",
        "65  | 2001:db8:1:2:ffff::1                     | 2001:db8:1:2:8000::/65",
        "127 | ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff  | ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127",
        "128 | 2001:db8:1:2:3:4:5:6                     | 2001:db8:1:2:3:4:5:6",
        // IPv4 in all its clothes, and what names one host.
        "64  | 192.0.2.1                                | 192.0.2.1",
        "1   | ::ffff:192.0.2.1                         | 192.0.2.1",
        "64  | ::1                                      | ::1",
        "64  | 64:ff9b::192.0.2.1                       | 64:ff9b::c000:201",
        "64  | 64:ff9b:1::192.0.2.1                     | 64:ff9b:1::/64",
      })
  void namesTheClient(int bits, String address, String name) {
    assertThat(new ClientPrefix(bits).of(IpAddress.parse(address))).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 129})
  void hasFrom1To128Bits(int bits) {
    assertThatThrownBy(() -> new ClientPrefix(bits)).isInstanceOf(IllegalArgumentException.class);
  }

  /**
   * The name of a prefix is one that the blocks read, and its block holds just the addresses that
   * have the name.
   */
  @Property(edgeCases = EdgeCasesMode.NONE)
  void twoClientsAreOneWhenTheirPrefixIsTheSame(
      @ForAll long high,
      @ForAll long low,
      @ForAll long otherHigh,
      @ForAll long otherLow,
      @ForAll @IntRange(min = 1, max = 127) int bits,
      @ForAll boolean sameHigh) {
    IpAddress one = new IpAddress(high | 1L << 61, low);
    IpAddress other = new IpAddress((sameHigh ? high : otherHigh) | 1L << 61, otherLow);
    ClientPrefix prefix = new ClientPrefix(bits);

    assertThat(prefix.of(one)).hasSizeLessThanOrEqualTo(43);
    assertThat(CidrSet.parse(prefix.of(one)).contains(other))
        .isEqualTo(prefix.of(one).equals(prefix.of(other)));
  }
}
