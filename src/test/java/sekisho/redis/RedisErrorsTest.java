package sekisho.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.impl.types.ErrorType;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sekisho.login.StoreUnavailableException;
import sekisho.redis.location.FixedLocation;

class RedisErrorsTest {

  private static final String ADDRESS = "10.0.0.1:6379";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MOVED 494 10.0.0.2:6379                   | let sekisho.redis.url begin with redis-cluster:// so that its owner is found, now 10.0.0.2:6379",
        "CLUSTERDOWN Hash slot not served          | sekisho.redis.url needs one that serves the slot",
        "CROSSSLOT Keys in request don't hash      | sekisho.redis.key-prefix",
        "NOAUTH Authentication required.           | write it into sekisho.redis.url",
        "WRONGPASS invalid username-password pair  | does not accept the name or password in sekisho.redis.url",
        "NOPERM this user has no permissions       | grant the rights that docs/rights.md lists",
        "DENIED Redis is running in protected mode | set a password there and in sekisho.redis.url",
        "LOADING Redis is loading the dataset      | wait until it has",
        "READONLY You can't write                  | point sekisho.redis.url to its primary",
        "MISCONF Redis is configured to save       | free its disk",
        "OOM command not allowed when used memory  | maxmemory",
        "NOREPLICAS Not enough good replicas       | min-replicas-to-write",
        "BUSY Redis is busy running a script       | SCRIPT KILL",
        "ERR max number of clients reached         | maxclients",
        "ERR Error running script (call to f_00): @user_script:30: @user_script: 30: -READONLY You can't write | to its primary"
      })
  void anErrorThatRedisAnswersNamesItsAddressAndWhatToDo(String error, String advice) {
    assertThat(RedisErrors.explain(ErrorType.create(error), ADDRESS))
        .startsWith("Redis: " + ADDRESS + " ")
        .contains(advice)
        .endsWith("(" + error + ")");
  }

  @Test
  void anErrorThatNobodyForesawIsQuoted() {
    assertThat(RedisErrors.explain(ErrorType.create("ERR unknown command"), ADDRESS))
        .isEqualTo("Redis: 10.0.0.1:6379 answers ERR unknown command");
    assertThat(RedisErrors.advice("ERR value is of BOOMERANG type")).isEmpty();
  }

  @Test
  void aRedisThatIsNotThereIsNamed() {
    assertThat(
            RedisErrors.explain(
                new ConnectException("Connection refused: /10.0.0.1:6379"), ADDRESS))
        .isEqualTo("Redis: nothing listens on 10.0.0.1:6379");
    assertThat(RedisErrors.explain(new FileNotFoundException(), "var/redis.sock"))
        .isEqualTo("Redis: nothing listens on var/redis.sock");
    assertThat(RedisErrors.explain(new UnknownHostException("x"), "x:6379"))
        .isEqualTo("Redis: unknown host x:6379");
    assertThat(RedisErrors.explain(new TimeoutException(), ADDRESS))
        .isEqualTo("Redis: no answer from 10.0.0.1:6379");
    assertThat(RedisErrors.explain(ErrorType.create("CONNECTION_CLOSED"), ADDRESS))
        .isEqualTo("Redis: the connection to 10.0.0.1:6379 was closed");
    assertThat(RedisErrors.explain(new StoreUnavailableException("as it is"), ADDRESS))
        .isEqualTo("as it is");
    assertThat(RedisErrors.explain(new IllegalStateException("odd"), ADDRESS))
        .isEqualTo("Redis: 10.0.0.1:6379: odd");
  }

  @Test
  void anAddressHoldsNoPassword() {
    assertThat(
            FixedLocation.address(
                new RedisOptions().setConnectionString("redis://user:secret@localhost:6390/2")))
        .isEqualTo("localhost:6390");
    assertThat(
            FixedLocation.address(new RedisOptions().setConnectionString("unix:///run/redis.sock")))
        .isEqualTo("/run/redis.sock");
    assertThat(
            FixedLocation.address(
                new RedisOptions()
                    .setConnectionString("unix://" + Path.of("var/redis.sock").toAbsolutePath())))
        .isEqualTo("var/redis.sock");
  }
}
