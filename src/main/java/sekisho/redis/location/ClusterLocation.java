package sekisho.redis.location;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import sekisho.net.HostPort;

/**
 * The node of a Redis Cluster that owns the slot of the service's keys, as {@code CLUSTER NODES}
 * tells (redis.io/docs/latest/commands/cluster-nodes). Besides the nodes of the URL those are asked
 * that were found before, so that all of the first ones may be replaced meanwhile.
 */
public final class ClusterLocation implements RedisLocation {

  private static final int MOST_NODES_ASKED = 16;
  private static final int FIRST_SLOT_FIELD = 8;

  private final NameServiceUrl url;
  private final String key;
  private final NameServers nodes;
  private volatile Set<String> found = Set.of();

  /**
   * @param template how to connect to any node, but for its URL
   * @param url of some nodes
   * @param key one of the keys, which all share one slot
   */
  public ClusterLocation(RedisOptions template, NameServiceUrl url, String key) {
    this.url = url;
    this.key = key;
    this.nodes = new NameServers(template, url);
  }

  @Override
  public Future<RedisOptions> find(Vertx vertx) {
    Set<String> asked = new LinkedHashSet<>(url.servers());
    asked.addAll(found);
    return nodes.ask(
        vertx, asked.stream().limit(MOST_NODES_ASKED).toList(), new Question(), name());
  }

  @Override
  public boolean canMove() {
    return true;
  }

  @Override
  public String name() {
    return "the node that owns the keys in the Cluster of " + url;
  }

  private final class Question implements NameServers.Question {

    @Override
    public List<Request> commands() {
      return List.of(
          Request.cmd(Command.CLUSTER).arg("KEYSLOT").arg(key),
          Request.cmd(Command.CLUSTER).arg("NODES"));
    }

    @Override
    public Optional<NameServers.Primary> read(String server, List<Response> replies) {
      int slot = replies.get(0).toInteger();
      // A node that was never met by another one does not know its own host.
      String host = server.substring(0, server.lastIndexOf(':'));
      List<Node> all =
          replies
              .get(1)
              .toString()
              .lines()
              .map(line -> Node.read(line, host))
              .flatMap(Optional::stream)
              .toList();
      Set<String> addresses = new TreeSet<>();
      all.forEach(node -> addresses.add(node.address()));
      found = addresses;
      return all.stream()
          .filter(node -> node.owns(slot))
          .max(Comparator.comparingLong(Node::epoch))
          .map(node -> new NameServers.Primary(node.address(), node.epoch()));
    }
  }

  /**
   * One line of {@code CLUSTER NODES}.
   *
   * @param address host and port
   * @param primary whether it is one, and not found dead by the node that was asked
   * @param epoch its configuration epoch
   * @param slots {@code 5} or {@code 0-5460} each; slots on the move are in brackets, and their
   *     owner's as long as they are
   */
  record Node(String address, boolean primary, long epoch, List<String> slots) {

    static Optional<Node> read(String line, String unnamedHost) {
      String[] fields = line.strip().split(" ");
      String address = fields.length < FIRST_SLOT_FIELD ? "" : fields[1].replaceFirst("[@,].*", "");
      int colon = address.lastIndexOf(':');
      if (colon < 0) {
        return Optional.empty();
      }
      List<String> flags = Arrays.asList(fields[2].split(","));
      String host = address.substring(0, colon);
      return Optional.of(
          new Node(
              HostPort.text(host.isEmpty() ? unnamedHost : host, address.substring(colon + 1)),
              flags.contains("master") && !flags.contains("fail") && !flags.contains("noaddr"),
              Long.parseLong(fields[6]),
              Arrays.asList(fields).subList(FIRST_SLOT_FIELD, fields.length)));
    }

    boolean owns(int slot) {
      return primary
          && slots.stream()
              .filter(range -> !range.startsWith("["))
              .map(range -> range.split("-"))
              .anyMatch(
                  ends ->
                      Integer.parseInt(ends[0]) <= slot
                          && slot <= Integer.parseInt(ends[ends.length - 1]));
    }
  }
}
