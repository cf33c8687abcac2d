package sekisho.app;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import sekisho.redis.BlockingRedis;
import sekisho.redis.location.FixedLocation;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;

class StoreRequirementsIT {

  @Test
  void aRedisThatEvictsIsRefused() {
    try (TestStores stores = TestStores.empty();
        TestInstance instance = stores.instance()) {
      stores.redis("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
      try {
        assertThatThrownBy(() -> StoreRequirements.check(instance.stores().redis()))
            .isInstanceOf(StartException.class)
            .hasMessage(
                "Redis has maxmemory-policy allkeys-lru, which would drop counters and so unlock users: "
                    + "set it to noeviction");
      } finally {
        stores.redis("CONFIG", "SET", "maxmemory-policy", "noeviction");
      }
      assertThatCode(() -> StoreRequirements.check(instance.stores().redis()))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aReplicaIsRefused() {
    try (TestStores stores = TestStores.empty();
        TestInstance instance = stores.instance()) {
      stores.redis("REPLICAOF", "127.0.0.1", "1");
      try {
        assertThatThrownBy(() -> StoreRequirements.check(instance.stores().redis()))
            .isInstanceOf(StartException.class)
            .hasMessage("Redis is a replica: point sekisho.redis.url to its master");
      } finally {
        stores.redis("REPLICAOF", "NO", "ONE");
      }
    }
  }

  @Test
  void aRedisOutOfReachIsSaid() {
    Vertx vertx = EventLoops.vertx(1);
    RedisOptions nowhere = new RedisOptions().setConnectionString("unix:///nonexistent/redis.sock");
    try (BlockingRedis redis =
        new BlockingRedis(vertx, new FixedLocation(nowhere), Duration.ofSeconds(5))) {
      assertThatThrownBy(() -> StoreRequirements.check(redis))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("cannot reach Redis (sekisho.redis.url): ");
    } finally {
      vertx.close();
    }
  }
}
