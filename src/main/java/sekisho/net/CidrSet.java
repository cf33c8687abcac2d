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
   * @return the set
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
}
