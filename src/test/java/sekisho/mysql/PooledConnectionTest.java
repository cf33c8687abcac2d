package sekisho.mysql;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnectOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PooledConnectionTest {

  /** One that is still connecting is in the pool's list already: MySQL may be slow to accept it. */
  @Test
  void thereIsNothingToKeepAliveBeforeItIsConnected() {
    Vertx vertx = Vertx.vertx();
    try {
      PooledConnection connecting =
          new PooledConnection(vertx, new MySQLConnectOptions(), Duration.ofSeconds(1));
      assertThatCode(() -> connecting.keepAlive(0)).doesNotThrowAnyException();
    } finally {
      vertx.close().await();
    }
  }
}
