package sekisho.net;

import sekisho.net.CidrSet.CidrBlock;

/**
 * The name under which a client is counted, logged and reported. An IPv4 client is counted by its
 * address. An IPv6 client is given a whole prefix and can take another address of it for each
 * attempt, so that it is counted by that prefix: {@code 2001:db8:1:2::/64}. Immutable.
 *
 * <p>Two kinds of IPv6 addresses name one host each and are counted by themselves: the loopback
 * address, and those that stand for an IPv4 address behind a translator (64:ff9b::/96, RFC 6052),
 * whose prefix is shared by all of IPv4.
 */
public final class ClientPrefix {

  private static final CidrSet SINGLE_HOSTS = CidrSet.parse("::1, 64:ff9b::/96");

  private final int ipv6Bits;
  private final long highMask;
  private final long lowMask;

  /** What follows the address; empty when IPv6 clients are counted by their address too. */
  private final String suffix;

  /**
   * @param ipv6Bits how many leading bits of an IPv6 address count, 1 to 128; with 128 a client is
   *     its address
   */
  public ClientPrefix(int ipv6Bits) {
    if (ipv6Bits < 1 || ipv6Bits > 128) {
      throw new IllegalArgumentException("an IPv6 prefix has 1 to 128 bits, not " + ipv6Bits);
    }
    this.ipv6Bits = ipv6Bits;
    this.highMask = CidrBlock.mask(ipv6Bits);
    this.lowMask = CidrBlock.mask(ipv6Bits - 64);
    this.suffix = ipv6Bits == 128 ? "" : "/" + ipv6Bits;
  }

  /**
   * How many leading bits of an address tell its client.
   *
   * @return 1 to 128; an IPv4 address is one of 128 bits here
   */
  public int bits(IpAddress address) {
    return address.isIpv4() || SINGLE_HOSTS.contains(address) ? 128 : ipv6Bits;
  }

  /**
   * Names a client.
   *
   * @return the canonical text of its address or its prefix, at most 43 characters; equal clients
   *     have equal texts
   */
  public String of(IpAddress address) {
    if (address.isIpv4() || suffix.isEmpty() || SINGLE_HOSTS.contains(address)) {
      return address.toString();
    }
    return new IpAddress(address.high() & highMask, address.low() & lowMask) + suffix;
  }
}
