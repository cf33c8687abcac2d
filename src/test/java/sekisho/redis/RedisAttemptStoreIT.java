package sekisho.redis;

import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import sekisho.login.AttemptStore;
import sekisho.login.AttemptStoreContract;
import sekisho.login.RecordedAttempt;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;

/** The contract of attempt stores, kept by Redis. */
class RedisAttemptStoreIT extends AttemptStoreContract {

  private static TestStores stores;
  private TestInstance instance;

  @BeforeAll
  static void start() {
    stores = TestStores.empty();
  }

  @AfterAll
  static void stop() {
    stores.close();
  }

  @BeforeEach
  void open() {
    stores.clear();
    instance = stores.instance().open();
  }

  @AfterEach
  void close() {
    instance.close();
  }

  @Override
  protected AttemptStore store() {
    return instance;
  }

  @Override
  protected List<RecordedAttempt> log() {
    return queue(stores);
  }

  /** The rows that wait for MySQL. */
  static List<RecordedAttempt> queue(TestStores stores) {
    List<RecordedAttempt> attempts = new ArrayList<>();
    for (Response row : stores.redis("LRANGE", TestStores.KEYS.queue(), "0", "-1")) {
      try {
        attempts.add(QueueRow.parse(row.toBytes()));
      } catch (MalformedRowException e) {
        throw new AssertionError(e);
      }
    }
    return attempts;
  }
}
