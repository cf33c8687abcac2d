package sekisho.redis;

import java.util.List;
import org.junit.jupiter.api.Nested;
import sekisho.login.AttemptStore;
import sekisho.login.AttemptStoreContract;
import sekisho.login.RecordedAttempt;
import sekisho.testing.StoreTestBase;

/** The contract of attempt stores, kept by Redis. */
class RedisAttemptStoreIT extends StoreTestBase {

  @Nested
  class Contract extends AttemptStoreContract {

    @Override
    protected AttemptStore store() {
      return instance;
    }

    @Override
    protected List<RecordedAttempt> log() {
      return stores.queued(0);
    }
  }
}
