package sekisho.http.address;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A set of addresses given as single addresses and CIDR blocks, IPv4 and IPv6. IPv4-mapped IPv6
 * counts as IPv4 on both sides; apart from that an IPv6 block never contains an IPv4 address.
 * Immutable.
 */
public final class AddressBlocks {

  private final AddressBlock[] blocks;

  private AddressBlocks(List<AddressBlock> blocks) {
    this.blocks = blocks.toArray(AddressBlock[]::new);
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
  public static AddressBlocks parse(String text) {
    List<AddressBlock> blocks = new ArrayList<>();
    if (!text.isBlank()) {
      for (String entry : text.split(",", -1)) {
        blocks.add(AddressBlock.parse(entry.strip()));
      }
    }
    return new AddressBlocks(blocks);
  }

  /** Tells whether the address (not null) is in one of the blocks. */
  public boolean contains(IpAddress address) {
    for (AddressBlock block : blocks) {
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
   * @param address 4 or 16 bytes in network order, not null
   * @throws IllegalArgumentException for any other number of bytes
   */
  public boolean contains(byte[] address) {
    return contains(IpAddress.of(address));
  }
}
