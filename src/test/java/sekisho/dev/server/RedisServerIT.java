package sekisho.dev.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sekisho.testing.RedisProbe;

/** How Redis' data files are replaced, found and refused. */
class RedisServerIT extends ServerTestBase {

  @ParameterizedTest
  @EnumSource
  void redisStartsFromAnRdbAndKeepsItAfterwards(Origin origin) throws IOException {
    prepare(origin);
    RedisServer redis = servers.redis();
    redis.start();
    Path rdb = pair.directory().resolve("prepared.rdb");
    try (RedisProbe probe = new RedisProbe(redis.url())) {
      probe.send("SET", "prepared", "yes");
      probe.send("SAVE");
      Files.copy(pair.directory().resolve("redis/dump.rdb"), rdb);
      probe.send("SET", "old", "yes");
      probe.send("BGREWRITEAOF");
    }
    redis.startFrom(rdb); // over a running server
    assertThat(keys()).containsExactlyInAnyOrder("prepared");
    try (RedisProbe probe = new RedisProbe(redis.url())) {
      probe.send("SET", "new", "yes");
    }
    redis.kill();
    redis.start();
    assertThat(keys()).containsExactlyInAnyOrder("prepared", "new");
    redis.stop();
    redis.start();
    assertThat(keys()).containsExactlyInAnyOrder("prepared", "new");
    redis.stop();
    redis.startFrom(rdb); // while none is running
    assertThat(keys()).containsExactlyInAnyOrder("prepared");
    assertThat(rdb).exists();
  }

  @ParameterizedTest
  @EnumSource
  void aLoneSnapshotInTheDirectoryIsUsed(Origin origin) throws IOException {
    prepare(origin);
    RedisServer redis = servers.redis();
    redis.start();
    try (RedisProbe probe = new RedisProbe(redis.url())) {
      probe.send("SET", "prepared", "yes");
      probe.send("SAVE");
    }
    redis.kill();
    OwnerOnly.delete(pair.directory().resolve("redis/appendonly.aof"));
    OwnerOnly.delete(pair.directory().resolve("redis/appendonlydir"));
    redis.start();
    assertThat(keys()).containsExactlyInAnyOrder("prepared");
  }

  @Test
  void whatIsNoRdbIsRefusedAndLeavesTheDataAlone() throws IOException {
    prepareAny();
    RedisServer redis = servers.redis();
    redis.start();
    try (RedisProbe probe = new RedisProbe(redis.url())) {
      probe.send("SET", "kept", "yes");
    }
    Path text = Files.writeString(pair.directory().resolve("text"), "not an RDB");
    assertThatThrownBy(() -> redis.startFrom(text))
        .isInstanceOf(LocalServerException.class)
        .hasMessageContaining(text + " is not an RDB file");
    assertThat(keys()).containsExactlyInAnyOrder("kept");
  }

  @Test
  void redis6DoesNotPassOverTheDataOfRedis7(@TempDir Path directory) throws IOException {
    Path redis6 =
        Files.writeString(
            directory.resolve("redis-server"), "#!/bin/sh\necho 'Redis server v=6.2.11 sha=0'\n");
    assertThat(redis6.toFile().setExecutable(true)).isTrue();
    Path manifest = directory.resolve("data/redis/appendonlydir/appendonly.aof.manifest");
    Files.createDirectories(manifest.getParent());
    Files.writeString(manifest, "file appendonly.aof.1.base.rdb seq 1 type b\n");
    LocalServers old =
        new LocalServers(
            ServerSettings.of(directory.resolve("data"), directory)
                .withSearchPath(List.of(directory)));
    assertThatThrownBy(() -> old.redis().start())
        .isInstanceOf(LocalServerException.class)
        .hasMessageContaining("holds data of Redis 7 or newer")
        .hasMessageContaining("6.2.11");
    assertThat(manifest).exists();
  }

  private Set<String> keys() {
    try (RedisProbe probe = new RedisProbe(servers.redis().url())) {
      assertThat(probe.send("CONFIG", "GET", "appendonly").toString()).contains("yes");
      return probe.send("KEYS", "*").stream().map(Object::toString).collect(Collectors.toSet());
    }
  }
}
