package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.redis.client.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;

/**
 * Two instances change to another version of the scripts, one after the other, under load: for a
 * while both versions are at work.
 */
class RollingRestartIT extends FaultTestBase {

  private static final int CLIENTS = 12;
  private static final String OTHER_VERSION = "\n-- another version\n";

  private static Path otherJar;
  private static final ServiceHome[] HOMES = new ServiceHome[2];
  private static final ServiceProcess[] INSTANCES = new ServiceProcess[2];

  @BeforeAll
  static void start() throws IOException {
    stage = FaultStage.set();
    for (int i = 0; i < HOMES.length; i++) {
      HOMES[i] = stage.home().with("SEKISHO_FLUSH_THRESHOLD", "500");
      INSTANCES[i] = HOMES[i].startReady("serve");
    }
    otherJar = HOMES[0].directory().resolve("other.jar");
    Files.copy(ServiceHome.builtJar(), otherJar);
    try (FileSystem jar = FileSystems.newFileSystem(otherJar)) {
      for (String script : new String[] {"decide.lua", "trim.lua", "publish.lua", "close.lua"}) {
        Files.writeString(jar.getPath("redis", script), source(script) + OTHER_VERSION);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void losesNothing(Repetition repetition) throws IOException {
    Path next = repetition.number() % 2 == 1 ? otherJar : ServiceHome.builtJar();
    stage.load().start(CLIENTS, HOMES[0].port(), HOMES[1].port());
    for (int i = 0; i < HOMES.length; i++) {
      stage.load().awaitAnswered(200);
      repetition.awaitMoment(Duration.ofMillis(300));
      INSTANCES[i].signal("TERM");
      assertThat(INSTANCES[i].awaitEnd().status()).isZero();
      INSTANCES[i] = HOMES[i].withJar(next).startReady("serve");
      stage.load().awaitAnswered(200);
    }
    assertBothVersionsWereThere();
    stage.assertNothingLost(
        "rolling restart with another version of the scripts, " + repetition, HOMES[0]);
  }

  private static void assertBothVersionsWereThere() throws IOException {
    try (RedisProbe redis = new RedisProbe(stage.redisUrl())) {
      Response known =
          redis.send(
              "SCRIPT",
              "EXISTS",
              sha1(source("decide.lua")),
              sha1(source("decide.lua") + OTHER_VERSION));
      assertThat(known).extracting(Response::toInteger).containsExactly(1, 1);
    }
  }

  private static String source(String script) throws IOException {
    return Files.readString(Path.of("redis", script));
  }

  private static String sha1(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
