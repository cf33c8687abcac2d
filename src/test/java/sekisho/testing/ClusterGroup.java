package sekisho.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A Redis Cluster of three primaries with a replica each. Close it; nothing is left of it then. */
public final class ClusterGroup implements AutoCloseable {

  private static final int PRIMARIES = 3;
  private static final int SLOTS = 16384;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final GuardedDirectory directory = GuardedDirectory.create();
  private final List<RedisNode> nodes = new ArrayList<>();

  private ClusterGroup() {}

  /** Starts one, and waits until it serves. */
  public static ClusterGroup start() {
    ClusterGroup group = new ClusterGroup();
    try {
      // With one replica each, a primary is alone after a failover. One that is cut off from most
      // others stops by itself.
      String configuration =
          "include "
              + Path.of("conf/redis-replicated.conf").toAbsolutePath()
              + "\nmin-replicas-to-write 0\ncluster-enabled yes\ncluster-node-timeout 1000";
      for (int i = 0; i < 2 * PRIMARIES; i++) {
        group.nodes.add(
            new RedisNode(group.directory.path().resolve("node" + i), configuration).start());
      }
      group.assemble();
      return group;
    } catch (RuntimeException | Error e) {
      group.close();
      throw e;
    }
  }

  /** The URL for the service, of some nodes. */
  public String url() {
    return "redis-cluster://" + nodes.get(0).address() + "," + nodes.get(PRIMARIES).address();
  }

  /** The node that owns the slot of a key, as most nodes say. */
  public RedisNode owner(String key) {
    return nodes.stream()
        .filter(RedisNode::isAlive)
        .filter(node -> owns(node, slot(key)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("nobody owns " + key));
  }

  /** Waits until another node than this owns the slot of a key. */
  public RedisNode awaitOtherThan(RedisNode old, String key) {
    Until.isTrue(
        "another owner of " + key,
        PATIENCE,
        () ->
            nodes.stream()
                .anyMatch(node -> node != old && node.isAlive() && owns(node, slot(key))));
    return nodes.stream()
        .filter(node -> node != old && node.isAlive() && owns(node, slot(key)))
        .findFirst()
        .orElseThrow();
  }

  /** A primary that does not own the slot of a key. */
  public RedisNode otherPrimary(String key) {
    return nodes.stream()
        .filter(node -> node.send("ROLE").contains("master") && !owns(node, slot(key)))
        .findFirst()
        .orElseThrow();
  }

  /** Starts nodes that have ended, and waits until all is well. */
  public void awaitWhole() {
    nodes.stream().filter(node -> !node.isAlive()).forEach(RedisNode::start);
    Until.isTrue("the Cluster is whole", PATIENCE, () -> nodes.stream().allMatch(this::seesAll));
  }

  /**
   * Hands a slot to another node, as redis.io's "Scaling with Redis Cluster" does it.
   *
   * @param between what is done while some of the keys have been moved
   */
  public void migrate(String key, RedisNode target, Runnable between) {
    String slot = Integer.toString(slot(key));
    RedisNode source = owner(key);
    target.send("CLUSTER", "SETSLOT", slot, "IMPORTING", id(source));
    source.send("CLUSTER", "SETSLOT", slot, "MIGRATING", id(target));
    move(source, target, key);
    between.run();
    for (String left = next(source, slot); !left.isEmpty(); left = next(source, slot)) {
      move(source, target, left);
    }
    target.send("CLUSTER", "SETSLOT", slot, "NODE", id(target));
    source.send("CLUSTER", "SETSLOT", slot, "NODE", id(target));
  }

  @Override
  public void close() {
    nodes.forEach(RedisNode::close);
    directory.close();
  }

  private void assemble() {
    for (int i = 0; i < PRIMARIES; i++) {
      int first = i * SLOTS / PRIMARIES;
      int end = (i + 1) * SLOTS / PRIMARIES;
      nodes
          .get(i)
          .send(
              "CLUSTER",
              Stream.concat(
                      Stream.of("ADDSLOTS"),
                      IntStream.range(first, end).mapToObj(Integer::toString))
                  .toArray(String[]::new));
      nodes.get(i).send("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
    }
    RedisNode first = nodes.get(0);
    nodes.stream()
        .skip(1)
        .forEach(node -> first.send("CLUSTER", "MEET", "127.0.0.1", Integer.toString(node.port())));
    Until.isTrue(
        "the nodes know each other",
        PATIENCE,
        () -> nodes.stream().allMatch(node -> lines(node) == nodes.size()));
    for (int i = 0; i < PRIMARIES; i++) {
      RedisNode replica = nodes.get(PRIMARIES + i);
      RedisNode primary = nodes.get(i);
      Until.isTrue(
          "it follows",
          PATIENCE,
          () -> {
            try {
              return replica.send("CLUSTER", "REPLICATE", id(primary)).equals("OK");
            } catch (IllegalStateException e) {
              return false;
            }
          });
    }
    awaitWhole();
  }

  private boolean seesAll(RedisNode node) {
    return node.send("CLUSTER", "INFO").contains("cluster_state:ok")
        && node.send("CLUSTER", "NODES")
            .lines()
            .noneMatch(line -> line.contains("fail") || line.contains("handshake"))
        && node.send("CLUSTER", "NODES").lines().filter(line -> line.contains("slave")).count()
            == PRIMARIES
        && !node.send("INFO", "replication").contains("master_link_status:down");
  }

  private static long lines(RedisNode node) {
    return node.send("CLUSTER", "NODES").lines().filter(line -> line.contains("connected")).count();
  }

  private static boolean owns(RedisNode node, int slot) {
    return node.send("CLUSTER", "NODES")
        .lines()
        .filter(line -> line.contains("myself,master"))
        .flatMap(line -> Stream.of(line.split(" ")).skip(8))
        .filter(range -> !range.startsWith("["))
        .map(range -> range.split("-"))
        .anyMatch(
            ends ->
                Integer.parseInt(ends[0]) <= slot
                    && slot <= Integer.parseInt(ends[ends.length - 1]));
  }

  private int slot(String key) {
    return Integer.parseInt(
        nodes.stream()
            .filter(RedisNode::isAlive)
            .findFirst()
            .orElseThrow()
            .send("CLUSTER", "KEYSLOT", key));
  }

  private static String id(RedisNode node) {
    return node.send("CLUSTER", "MYID");
  }

  private static String next(RedisNode source, String slot) {
    return source.send("CLUSTER", "GETKEYSINSLOT", slot, "1").replaceAll("[\\[\\]]", "");
  }

  private static void move(RedisNode source, RedisNode target, String key) {
    source.send("MIGRATE", "127.0.0.1", Integer.toString(target.port()), key, "0", "5000");
  }
}
