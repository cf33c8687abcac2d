package sekisho.net;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * An IPv4 or IPv6 address as 128 bits. An IPv4 address is kept in its IPv4-mapped form (RFC 4291,
 * section 2.5.5.2), so that {@code ::ffff:192.0.2.1} and {@code 192.0.2.1} are one and the same
 * value. There are no zones and no names.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record IpAddress(long high, long low) {

  private static final long MAPPED_PREFIX = 0x0000_ffffL;

  /**
   * Takes an address from its bytes.
   *
   * @param bytes 4 or 16 bytes in network order
   * @return the address
   * @throws IllegalArgumentException for any other number of bytes
   */
  public static IpAddress of(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return switch (bytes.length) {
      case 4 -> ofIpv4(buffer.getInt());
      case 16 -> new IpAddress(buffer.getLong(), buffer.getLong());
      default ->
          throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length);
    };
  }

  /**
   * Takes an address from the JDK's form, without its zone.
   *
   * @param address not null
   * @return the address
   */
  public static IpAddress of(InetAddress address) {
    return of(address.getAddress());
  }

  static IpAddress ofIpv4(int bits) {
    return new IpAddress(0, MAPPED_PREFIX << 32 | Integer.toUnsignedLong(bits));
  }

  /**
   * Reads an address as text, without looking anything up: IPv4 as four decimal numbers, IPv6 as
   * RFC 4291, section 2.2 says. Names, ports, brackets, zones, white space, leading zeros in IPv4,
   * and short, octal or hexadecimal IPv4 are refused, since readers disagree on what they mean.
   *
   * @param text not null
   * @return the address, or null if the text is not an address
   */
  public static IpAddress parse(String text) {
    return IpAddressParser.parse(text, 0, text.length());
  }

  /** Tells whether this is an IPv4 address, mapped or not. */
  public boolean isIpv4() {
    return high == 0 && low >>> 32 == MAPPED_PREFIX;
  }

  /**
   * Returns the canonical text: IPv4 dotted, IPv6 by RFC 5952; equal addresses have equal texts.
   */
  @Override
  public String toString() {
    return isIpv4()
        ? NetUtil.intToIpAddress((int) low)
        : NetUtil.bytesToIpAddress(ByteBuffer.allocate(16).putLong(high).putLong(low).array());
  }
}
