package sekisho.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import sekisho.net.CidrSet;
import sekisho.net.ClientAddressResolver;
import sekisho.net.ClientPrefix;
import sekisho.net.IpAddress;
import sekisho.net.Peer;
import sekisho.net.UnknownClientException;

/** Whatever a header says, the client has a canonical address, or the request is refused. */
final class AddressTarget implements FuzzTarget {

  private static final CidrSet PROXIES =
      CidrSet.parse("127.0.0.1, 10.0.0.0/8, ::1, 2001:db8:ffff::/48");

  private final ClientAddressResolver byAddress =
      new ClientAddressResolver(PROXIES, new ClientPrefix(128));
  private final ClientAddressResolver byPrefix =
      new ClientAddressResolver(PROXIES, new ClientPrefix(64));
  private final Peer proxy = byAddress.peer(IpAddress.parse("127.0.0.1"));

  @Override
  public String name() {
    return "address";
  }

  @Override
  public List<String> words() {
    return List.of(
        "192.0.2.1",
        "10.0.0.1",
        "127.0.0.1",
        "::1",
        "2001:db8::1",
        "2001:db8:ffff::1",
        "::ffff:",
        "::",
        ":",
        ",",
        ", ",
        "[",
        "]",
        "]:443",
        ":80",
        "%eth0",
        "%1",
        "/64",
        "/33",
        "for=",
        "unknown",
        "0",
        "00",
        "255",
        "256",
        "65535",
        "65536",
        "ffff",
        "0x",
        "\n",
        "\t",
        "0:0:0:0:0:0:0:0",
        "99999999999999999999",
        "-1",
        "unix:",
        "unix:/run/x.sock",
        "[2001:db8::1]",
        ", unix:");
  }

  @Override
  public void accept(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    List<String> lines = Arrays.asList(text.split("\n", -1));
    try {
      String client = byAddress.client(proxy, lines);
      IpAddress address = IpAddress.parse(client);
      Check.that(address != null && address.toString().equals(client), "not canonical: " + client);
      Check.that(byAddress.address(proxy, lines).equals(address), "two addresses");
      String prefix = byPrefix.client(proxy, lines);
      Check.that(CidrSet.parse(prefix).contains(address), client + " is not in " + prefix);
      Check.that(prefix.length() <= 64, "too long for the table");
    } catch (UnknownClientException e) {
      Check.that(e.getMessage().contains("X-Forwarded-For"), "refused without a reason");
    }
    overUnixSocket(lines);
    IpAddress address = IpAddress.parse(text);
    Check.that(
        address == null || address.equals(IpAddress.parse(address.toString())), "not canonical");
    try {
      CidrSet.parse(text);
    } catch (IllegalArgumentException e) {
      Check.that(e.getClass() == IllegalArgumentException.class, "not said in words: " + e);
    }
  }

  /** As behind a proxy of the machine itself, but that there may be no address at all. */
  private void overUnixSocket(List<String> lines) {
    IpAddress address;
    try {
      address = byAddress.address(Peer.UNIX_SOCKET, lines);
    } catch (UnknownClientException e) {
      return;
    }
    Check.that(
        address == null || byAddress.address(proxy, lines).equals(address),
        "another address over a Unix socket");
  }
}
