package sekisho.redis.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import sekisho.app.SettingsLoader;
import sekisho.app.Stores;
import sekisho.login.StoreUnavailableException;
import sekisho.testing.GuardedDirectory;
import sekisho.testing.RedisNode;
import sekisho.testing.ServiceHome;
import sekisho.testing.Signals;
import sekisho.testing.Until;
import sekisho.testing.Waiting;

/** Who is asked where Redis is, and how, with real Sentinels and a node of a Cluster. */
class RedisLocationIT {

  private static final String PASSWORD = "p%40ss:w";

  private static GuardedDirectory directory;
  private static Vertx vertx;
  private static RedisNode server;
  private static RedisNode open;
  private static RedisNode closed;
  private static RedisNode clusterNode;

  @BeforeAll
  static void start() {
    directory = GuardedDirectory.create();
    vertx = Vertx.vertx();
    server = node("server", "user default on >p@ss:w ~* &* +@all");
    String sentinel =
        "sentinel monitor main 127.0.0.1 "
            + server.port()
            + " 1\nsentinel auth-pass main p@ss:w\nsentinel down-after-milliseconds main 60000\n";
    open = node("open", sentinel, "--sentinel");
    closed = node("closed", sentinel + "requirepass p@ss:w\n", "--sentinel");
    clusterNode = node("cluster", "cluster-enabled yes");
    clusterNode.send(
        "CLUSTER",
        Stream.concat(Stream.of("ADDSLOTS"), IntStream.range(0, 16384).mapToObj(Integer::toString))
            .toArray(String[]::new));
  }

  @AfterAll
  static void close() {
    Stream.of(server, open, closed, clusterNode).forEach(RedisNode::close);
    Waiting.on(vertx.close());
    directory.close();
  }

  private static RedisNode node(String name, String configuration, String... options) {
    RedisNode node = new RedisNode(directory.path().resolve(name), configuration, options);
    return name.equals("server") || name.equals("closed") ? node.startProtected() : node.start();
  }

  private static RedisOptions find(String url) {
    return Waiting.on(
        Stores.redisLocation(
                SettingsLoader.load(Optional.empty(), Map.of("SEKISHO_REDIS_URL", url)))
            .find(vertx));
  }

  /** The Sentinels may have the password of the servers that they watch, or none. */
  @Test
  void sentinelsAreAskedWithAPasswordWhereTheyWantOne() {
    for (RedisNode sentinel : new RedisNode[] {open, closed}) {
      RedisOptions found =
          find("redis-sentinel://:" + PASSWORD + "@" + sentinel.address() + "/main/3");
      assertThat(found.getEndpoint())
          .isEqualTo("redis://:" + PASSWORD + "@" + server.address() + "/3");
      Redis client = Redis.createClient(vertx, found);
      Waiting.on(client.send(Request.cmd(Command.SET).arg("key").arg("value")));
      client.close();
    }
  }

  @Test
  void oneThatKnowsIsEnough() {
    RedisNode dead = new RedisNode(directory.path().resolve("dead"), "");
    Signals.pause(closed.pid());
    try {
      assertThat(
              find("redis-sentinel://:"
                      + PASSWORD
                      + "@"
                      + dead.address()
                      + ","
                      + closed.address()
                      + ","
                      + open.address()
                      + "/main")
                  .getEndpoint())
          .endsWith(server.address());
    } finally {
      Signals.resume(closed.pid());
    }
  }

  @Test
  void whereNobodyKnowsEachIsNamed() {
    String nobody = "127.0.0.1:" + ServiceHome.freePort();
    assertThatThrownBy(() -> find("redis-sentinel://" + nobody + "," + open.address() + "/other"))
        .cause()
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage(
            "Redis: the primary 'other' of the Sentinels %1$s, %2$s is not known: %1$s listens to nobody,"
                + " %2$s answers ERR No such master with that name",
            nobody, open.address());
    assertThatThrownBy(() -> find("redis-sentinel://" + closed.address() + "/main"))
        .cause()
        .hasMessageContaining(closed.address() + " answers NOAUTH");
    assertThatThrownBy(() -> find("redis-cluster://" + open.address()))
        .cause()
        .hasMessageContaining(open.address() + " answers ERR");
  }

  /** As long as no other node has met it, it does not know its own host. */
  @Test
  void aClusterOfOneNodeIsFound() {
    assertThat(find("redis-cluster://" + clusterNode.address()).getEndpoint())
        .isEqualTo("redis://" + clusterNode.address());
  }

  @Test
  void aClusterThatLostTheSlotIsSaid() {
    String slot = clusterNode.send("CLUSTER", "KEYSLOT", "{sekisho}:state");
    clusterNode.send("CLUSTER", "DELSLOTS", slot);
    try {
      assertThatThrownBy(() -> find("redis-cluster://" + clusterNode.address()))
          .cause()
          .hasMessageContaining(clusterNode.address() + " knows none");
    } finally {
      clusterNode.send("CLUSTER", "ADDSLOTS", slot);
    }
    Until.isTrue(
        "it is found again",
        () -> find("redis-cluster://" + clusterNode.address()).getEndpoint() != null);
  }
}
