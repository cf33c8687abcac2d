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
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final GuardedDirectory directory = GuardedDirectory.create();
  private final List<RedisNode> servers = new ArrayList<>();
  private final List<RedisNode> sentinels = new ArrayList<>();

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
        .filter(
            sentinel ->
                sentinel
                    .send("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "sekisho")
                    .contains(Integer.toString(server.port())))
        .count();
  }

  @Override
  public void close() {
    servers.forEach(RedisNode::close);
    sentinels.forEach(RedisNode::close);
    directory.close();
  }
}
