package sekisho.net;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

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
  public static @Nullable IpAddress parse(String text) {
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

  /**
   * The strict reader behind {@link IpAddress#parse}. Netty's reader is not used because it takes
   * leading zeros, brackets and zones, takes {@code ::192.0.2.1} for an IPv4-mapped address, and
   * refuses {@code 64:ff9b::192.0.2.1}; the JDK's may ask the DNS.
   */
  static final class IpAddressParser {

    private static final int GROUPS = 8;
    private static final int INVALID = -1;

    private final String text;
    private final int to;
    private final int[] groups = new int[GROUPS];

    /** How many groups have been read. */
    private int count;

    /** How many groups stand before {@code ::}, or -1 without one. */
    private int gap = -1;

    private int position;

    private IpAddressParser(String text, int from, int to) {
      this.text = text;
      this.position = from;
      this.to = to;
    }

    /**
     * Returns the address that is the text from {@code from} up to, not including, {@code to}; null
     * if it is none.
     */
    static @Nullable IpAddress parse(String text, int from, int to) {
      for (int i = from; i < to; i++) {
        if (text.charAt(i) == ':') {
          return new IpAddressParser(text, from, to).ipv6();
        }
      }
      long bits = ipv4(text, from, to);
      return bits == INVALID ? null : IpAddress.ofIpv4((int) bits);
    }

    /** Returns the 32 bits of an IPv4 address as an unsigned number, or {@link #INVALID}. */
    private static long ipv4(String text, int from, int to) {
      long bits = 0;
      int position = from;
      for (int part = 0; part < 4; part++) {
        int end = part == 3 ? to : text.indexOf('.', position);
        int number = end < 0 || end > to ? INVALID : decimalByte(text, position, end);
        if (number == INVALID) {
          return INVALID;
        }
        bits = bits << 8 | number;
        position = end + 1;
      }
      return bits;
    }

    private static int decimalByte(String text, int from, int to) {
      int length = to - from;
      if (length < 1 || length > 3 || length > 1 && text.charAt(from) == '0') {
        return INVALID;
      }
      int number = 0;
      for (int i = from; i < to; i++) {
        char c = text.charAt(i);
        if (c < '0' || c > '9') {
          return INVALID;
        }
        number = number * 10 + c - '0';
      }
      return number <= 255 ? number : INVALID;
    }

    private @Nullable IpAddress ipv6() {
      if (at(0, ':')) {
        if (!at(1, ':')) {
          return null;
        }
        gap = 0;
        position += 2;
      }
      while (position < to) {
        if (!readGroup() || position < to && !readSeparator()) {
          return null;
        }
      }
      // "::" stands for at least one group.
      boolean complete = gap < 0 ? count == GROUPS : count < GROUPS;
      return complete ? assemble() : null;
    }

    /**
     * Reads one group of hexadecimal digits, or the two that are written as an IPv4 address at the
     * end.
     */
    private boolean readGroup() {
      int start = position;
      int value = 0;
      while (position < to && position - start < 4 && hexDigit(text.charAt(position)) >= 0) {
        value = value << 4 | hexDigit(text.charAt(position++));
      }
      if (at(0, '.')) {
        return readIpv4Tail(start);
      }
      if (position == start || count == GROUPS) {
        return false;
      }
      groups[count++] = value;
      return true;
    }

    private boolean readIpv4Tail(int start) {
      long bits = ipv4(text, start, to);
      if (bits == INVALID || count > GROUPS - 2) {
        return false;
      }
      groups[count++] = (int) (bits >>> 16);
      groups[count++] = (int) (bits & 0xffff);
      position = to;
      return true;
    }

    /**
     * Reads the colon after a group, or the one double colon; a single colon at the end is refused.
     */
    private boolean readSeparator() {
      if (!at(0, ':')) {
        return false;
      }
      if (at(1, ':')) {
        boolean first = gap < 0;
        gap = count;
        position += 2;
        return first;
      }
      position++;
      return position < to;
    }

    private boolean at(int offset, char c) {
      return position + offset < to && text.charAt(position + offset) == c;
    }

    private IpAddress assemble() {
      long high = 0;
      long low = 0;
      for (int i = 0; i < GROUPS; i++) {
        high = high << 16 | low >>> 48;
        low = low << 16 | groupAt(i);
      }
      return new IpAddress(high, low);
    }

    /** Returns group {@code i} of the whole address, with the zeros that {@code ::} stands for. */
    private int groupAt(int i) {
      if (gap < 0 || i < gap) {
        return groups[i];
      }
      int skipped = GROUPS - count;
      return i < gap + skipped ? 0 : groups[i - skipped];
    }

    private static int hexDigit(char c) {
      return c < 128 ? Character.digit(c, 16) : -1;
    }
  }
}
