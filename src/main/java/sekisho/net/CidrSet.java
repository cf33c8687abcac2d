package sekisho.net;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A set of addresses given as single addresses and CIDR blocks, IPv4 and IPv6. IPv4-mapped IPv6
 * counts as IPv4 on both sides; apart from that an IPv6 block never contains an IPv4 address.
 * Immutable.
 */
public final class CidrSet {

  private final CidrBlock[] blocks;

  private CidrSet(List<CidrBlock> blocks) {
    this.blocks = blocks.toArray(CidrBlock[]::new);
  }

  /**
   * Reads a list as it stands in the configuration, such as {@code 127.0.0.0/8, ::1}.
   *
   * @param text entries separated by commas, with spaces as you like; a blank text is the empty
   *     set; not null
   * @throws IllegalArgumentException with one line that quotes the first bad entry and says what is
   *     wrong with it
   */
  public static CidrSet parse(String text) {
    List<CidrBlock> blocks = new ArrayList<>();
    if (!text.isBlank()) {
      for (String entry : text.split(",", -1)) {
        blocks.add(CidrBlock.parse(entry.strip()));
      }
    }
    return new CidrSet(blocks);
  }

  /** Tells whether the address (not null) is in one of the blocks. */
  public boolean contains(IpAddress address) {
    for (CidrBlock block : blocks) {
      if (block.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /** Tells whether the address (not null, its zone is ignored) is in one of the blocks. */
  public boolean contains(InetAddress address) {
    return contains(IpAddress.of(address));
  }

  /**
   * Tells whether an address is in one of the blocks.
   *
   * @param address 4 or 16 bytes in network order
   * @throws IllegalArgumentException for any other number of bytes
   */
  public boolean contains(byte[] address) {
    return contains(IpAddress.of(address));
  }

  /**
   * One CIDR block (RFC 4632, RFC 4291 section 2.3) over the 128 bits of {@link IpAddress}: an IPv4
   * block of {@code /n} is one of {@code /(96 + n)} here.
   *
   * @param base the first address; all bits beyond the prefix are zero
   * @param highMask the bits that count of the first 64
   * @param lowMask the bits that count of the last 64
   * @param ipv4 whether it is a block of IPv4 addresses. {@code ::/0} is not: who writes it means
   *     all of IPv6.
   */
  record CidrBlock(IpAddress base, long highMask, long lowMask, boolean ipv4) {

    /**
     * Reads {@code address} or {@code address/prefix}.
     *
     * @throws IllegalArgumentException with a line that quotes the text and says what is wrong with
     *     it
     */
    static CidrBlock parse(String text) {
      int slash = text.indexOf('/');
      String addressText = slash < 0 ? text : text.substring(0, slash);
      IpAddress address = IpAddress.parse(addressText);
      if (address == null) {
        throw bad(
            text, "'" + addressText + "' is not an IPv4 or IPv6 address; names are not looked up");
      }
      boolean writtenAsIpv4 = addressText.indexOf(':') < 0;
      int width = writtenAsIpv4 ? 32 : 128;
      int prefix = slash < 0 ? width : prefix(text, text.substring(slash + 1), width);
      return of(text, address, 128 - width + prefix);
    }

    private static CidrBlock of(String text, IpAddress address, int prefix) {
      long highMask = mask(prefix);
      long lowMask = mask(prefix - 64);
      IpAddress base = new IpAddress(address.high() & highMask, address.low() & lowMask);
      if (!base.equals(address)) {
        String length = text.substring(text.indexOf('/'));
        // An IPv4-mapped base shows itself as IPv4, which would not go with the length as it was
        // written.
        boolean sameFamily = base.isIpv4() == (text.indexOf(':') < 0);
        throw bad(
            text,
            "it has bits set beyond its prefix" + (sameFamily ? "; write " + base + length : ""));
      }
      return new CidrBlock(base, highMask, lowMask, base.isIpv4());
    }

    private static int prefix(String text, String digits, int width) {
      boolean number =
          !digits.isEmpty()
              && digits.length() <= 3
              && digits.chars().allMatch(c -> c >= '0' && c <= '9');
      int prefix = number ? Integer.parseInt(digits) : -1;
      if (prefix < 0 || prefix > width) {
        throw bad(text, "the prefix length has to be a number from 0 to " + width);
      }
      return prefix;
    }

    /**
     * Returns a mask of the first {@code bits} of 64; none if it is negative, all if it is over 64.
     */
    static long mask(int bits) {
      if (bits <= 0) {
        return 0;
      }
      return bits >= 64 ? -1L : -1L << (64 - bits);
    }

    private static IllegalArgumentException bad(String text, String reason) {
      return new IllegalArgumentException("'" + text + "' is not an address block: " + reason);
    }

    boolean contains(IpAddress address) {
      return (address.high() & highMask) == base.high()
          && (address.low() & lowMask) == base.low()
          && address.isIpv4() == ipv4;
    }
  }
}
