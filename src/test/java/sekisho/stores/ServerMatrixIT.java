package sekisho.stores;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.TestServers;

/**
 * The service on MariaDB servers of many configurations. Each configuration is tried once, several
 * of them in one server, with the way of the flush and the server in turn. If the system property
 * {@code sekisho.matrix} is {@code all}, each is tried for itself, by both ways and with both
 * servers; {@code sekisho.matrix.configuration} is a part of the names of those to try.
 */
class ServerMatrixIT {

  private static final Map<Origin, MatrixServer> SERVERS = new EnumMap<>(Origin.class);
  private static TestServers redis;

  /** One cell of the matrix. */
  record Combination(ServerConfiguration configuration, FlushPath path, Origin origin) {

    @Override
    public String toString() {
      return configuration + ", " + path + ", " + origin;
    }
  }

  @BeforeAll
  static void startRedis() {
    redis = TestServers.prepare(TestServers.installedServers());
    redis.servers().redis().start();
  }

  @AfterAll
  static void stopAll() {
    SERVERS.values().forEach(MatrixServer::close);
    redis.close();
  }

  @ParameterizedTest
  @MethodSource
  void theConfigurationChangesNothing(Combination combination) {
    assumeTrue(
        combination.origin().isPresent(), () -> "no MariaDB " + combination.origin().place());
    MatrixServer server = SERVERS.computeIfAbsent(combination.origin(), MatrixServer::prepare);
    assumeTrue(
        combination.configuration().isKnownTo(server.version()),
        () -> "MariaDB " + server.version() + " does not know these options");
    server.start(combination.configuration());
    try {
      new MatrixScenario(server, combination.configuration(), combination.path(), redis).run();
    } finally {
      server.stop();
    }
  }

  static Stream<Combination> theConfigurationChangesNothing() {
    boolean all = System.getProperty("sekisho.matrix", "once").equals("all");
    String part = System.getProperty("sekisho.matrix.configuration", "");
    // A server that is not there is named as skipped when all are asked for; otherwise its turns go
    // to the other one.
    List<Origin> origins =
        Stream.of(Origin.values()).filter(origin -> all || origin.isPresent()).toList();
    List<ServerConfiguration> configurations =
        all ? ServerConfiguration.all() : ServerConfiguration.combined();
    List<Combination> combinations = new ArrayList<>();
    for (int i = 0; i < configurations.size(); i++) {
      for (FlushPath path : FlushPath.values()) {
        for (int j = 0; j < origins.size(); j++) {
          boolean isItsTurn = path.ordinal() == i % 2 && j == i / 2 % origins.size();
          if ((all || isItsTurn) && configurations.get(i).toString().contains(part)) {
            combinations.add(new Combination(configurations.get(i), path, origins.get(j)));
          }
        }
      }
    }
    return combinations.stream();
  }
}
