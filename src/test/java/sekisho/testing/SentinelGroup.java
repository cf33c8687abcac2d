package sekisho.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A primary, two replicas and three Sentinels, of the sample files in {@code conf/} but for ports
 * and shorter times. Close it; nothing is left of it then.
 */
public final class SentinelGroup implements AutoCloseable {

  private static final int SERVERS = 3;
  private static final int SENTINELS = 3;
  private static final String PASSWORD = "isolated";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final GuardedDirectory directory = GuardedDirectory.create();
  private final List<RedisNode> servers = new ArrayList<>();
  private final List<RedisNode> sentinels = new ArrayList<>();

  private boolean isolating;

  private SentinelGroup() {}

  /** Starts one, and waits until all know each other. */
  public static SentinelGroup start() {
    SentinelGroup group = new SentinelGroup();
    try {
      String sample = "include " + Path.of("conf/redis-replicated.conf").toAbsolutePath();
      for (int i = 0; i < SERVERS; i++) {
        String following = i == 0 ? "" : "\nreplicaof 127.0.0.1 " + group.servers.get(0).port();
        group.servers.add(
            new RedisNode(group.directory.path().resolve("server" + i), sample + following)
                .start());
      }
      String sentinel =
          Files.readString(Path.of("conf/sentinel.conf"))
              .replaceAll("(?m)^port .*", "")
              .replace("127.0.0.1 6379", "127.0.0.1 " + group.servers.get(0).port())
              .replace("sekisho 3000", "sekisho 1000")
              .replace("sekisho 20000", "sekisho 3000");
      for (int i = 0; i < SENTINELS; i++) {
        group.sentinels.add(
            new RedisNode(group.directory.path().resolve("sentinel" + i), sentinel, "--sentinel")
                .start());
      }
      group.awaitWhole();
      return group;
    } catch (IOException e) {
      group.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      group.close();
      throw e;
    }
  }

  /** The URL for the service. */
  public String url() {
    return url(sentinels.stream().map(RedisNode::address).toList());
  }

  /** The URL by way of these addresses. */
  public static String url(List<String> addresses) {
    return "redis-sentinel://" + String.join(",", addresses) + "/sekisho";
  }

  /** The three Sentinels. */
  public List<RedisNode> sentinels() {
    return sentinels;
  }

  /** The three servers. */
  public List<RedisNode> servers() {
    return servers;
  }

  /** The server that most Sentinels take for the primary. */
  public RedisNode primary() {
    return servers.stream()
        .filter(server -> votes(server) > SENTINELS / 2)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the Sentinels do not agree"));
  }

  /** Waits until another one than this is. */
  public RedisNode awaitOtherThan(RedisNode old) {
    Until.isTrue(
        "another primary",
        PATIENCE,
        () -> servers.stream().anyMatch(server -> server != old && votes(server) > SENTINELS / 2));
    return primary();
  }

  /** Starts servers that have ended, and waits until one is the primary and two follow it. */
  public void awaitWhole() {
    servers.stream().filter(server -> !server.isAlive()).forEach(RedisNode::start);
    Until.isTrue(
        "two replicas follow, and all Sentinels know it",
        PATIENCE,
        () ->
            servers.stream().anyMatch(server -> votes(server) == SENTINELS)
                && primary().send("INFO", "replication").lines().filter(this::online).count()
                    == SERVERS - 1
                && sentinels.stream().allMatch(SentinelGroup::knowsAll));
  }

  private boolean online(String line) {
    return line.matches("slave\\d+:.*state=online.*lag=[01]\\b.*");
  }

  private static boolean knowsAll(RedisNode sentinel) {
    String known =
        sentinel
            .send("INFO", "sentinel")
            .lines()
            .filter(line -> line.startsWith("master0:"))
            .collect(Collectors.joining());
    return known.contains("status=ok")
        && known.contains("slaves=" + (SERVERS - 1))
        && known.contains("sentinels=" + SENTINELS);
  }

  private long votes(RedisNode server) {
    return sentinels.stream()
        .skip(isolating ? 1 : 0)
        .filter(
            sentinel ->
                sentinel
                    .send("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "sekisho")
                    .contains(Integer.toString(server.port())))
        .count();
  }

  /**
   * Cuts the primary off from its replicas and from the Sentinels, of which the first one stands
   * still: clients that are connected to it already stay so. It does not notice before {@link
   * #notice}, as if the network dropped packets.
   *
   * @return it
   */
  public RedisNode isolatePrimary() {
    RedisNode primary = primary();
    isolating = true;
    Signals.pause(sentinels.get(0).pid());
    primary.send("CONFIG", "SET", "min-replicas-to-write", "0");
    primary.send("CONFIG", "SET", "requirepass", PASSWORD);
    primary.send("CLIENT", "KILL", "TYPE", "replica");
    primary
        .send("CLIENT", "LIST")
        .lines()
        .filter(line -> line.contains(" name=sentinel-"))
        .map(line -> line.replaceFirst("^id=(\\d+) .*", "$1"))
        .forEach(id -> primary.send("CLIENT", "KILL", "ID", id));
    return primary;
  }

  /** Lets a primary notice that its replicas are gone. */
  public void notice(RedisNode isolated) {
    set(isolated, "min-replicas-to-write", "1");
  }

  /** Ends the isolation. */
  public void rejoin(RedisNode isolated) {
    notice(isolated);
    set(isolated, "requirepass", "");
    Signals.resume(sentinels.get(0).pid());
    isolating = false;
  }

  private static void set(RedisNode isolated, String name, String value) {
    try (RedisProbe probe = new RedisProbe("redis://:" + PASSWORD + "@" + isolated.address())) {
      probe.send("CONFIG", "SET", name, value);
    }
  }

  @Override
  public void close() {
    servers.forEach(RedisNode::close);
    sentinels.forEach(RedisNode::close);
    directory.close();
  }
}
