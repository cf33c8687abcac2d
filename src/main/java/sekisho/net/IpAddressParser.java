package sekisho.net;

/**
 * The strict reader behind {@link IpAddress#parse}. Netty's reader is not used because it takes
 * leading zeros, brackets and zones, takes {@code ::192.0.2.1} for an IPv4-mapped address, and
 * refuses {@code 64:ff9b::192.0.2.1}; the JDK's may ask the DNS.
 */
final class IpAddressParser {

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
  static IpAddress parse(String text, int from, int to) {
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

  private IpAddress ipv6() {
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
