package sekisho.net;

import java.util.List;
import sekisho.net.CidrSet.CidrBlock;

/**
 * The clients that cannot be banned (SPEC section 10), as blocks of addresses. Immutable.
 *
 * <p>A block holds whole clients: one that is narrower than the prefix by which IPv6 clients are
 * counted is refused, since its attempts could not be told from those of its neighbours.
 */
public final class AllowList {

  /** A list without any block. */
  public static final AllowList NONE = new AllowList(List.of());

  private final List<String> blocks;
  private final CidrSet set;

  private AllowList(List<String> blocks) {
    this.blocks = blocks;
    this.set = CidrSet.parse(String.join(",", blocks));
  }

  /**
   * A list of blocks.
   *
   * @param blocks as {@link #canonical} writes them
   * @throws IllegalArgumentException when one is no block
   */
  public static AllowList of(List<String> blocks) {
    return blocks.isEmpty() ? NONE : new AllowList(List.copyOf(blocks));
  }

  /**
   * The one way to write a block.
   *
   * @param text an address, or an address and a number of bits after a slash
   * @param clients how clients are counted
   * @return the block's first address and its bits, such as {@code 192.0.2.1/32}
   * @throws IllegalArgumentException in one line, when it is no block, or narrower than a client
   */
  public static String canonical(String text, ClientPrefix clients) {
    CidrBlock block = CidrBlock.parse(text.strip());
    int bits = Long.bitCount(block.highMask()) + Long.bitCount(block.lowMask());
    if (bits > clients.bits(block.base())) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is narrower than a client is counted by: write "
              + client(block, clients));
    }
    return block.base() + "/" + (block.ipv4() ? bits - 96 : bits);
  }

  private static String client(CidrBlock block, ClientPrefix clients) {
    return clients.of(block.base());
  }

  /** The blocks, as they were given. */
  public List<String> blocks() {
    return blocks;
  }

  /**
   * Whether a client cannot be banned.
   *
   * @param client its name, see {@link ClientPrefix}; what is no such name is on no list
   */
  public boolean contains(String client) {
    if (blocks.isEmpty()) {
      return false;
    }
    int slash = client.indexOf('/');
    IpAddress address = IpAddress.parse(slash < 0 ? client : client.substring(0, slash));
    return address != null && set.contains(address);
  }
}
