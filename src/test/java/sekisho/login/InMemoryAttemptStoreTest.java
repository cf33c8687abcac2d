package sekisho.login;

import java.time.Clock;
import java.util.List;

class InMemoryAttemptStoreTest extends AttemptStoreContract {

  private final InMemoryAttemptStore store =
      new InMemoryAttemptStore(Thresholds.DEFAULT, Clock.systemUTC());

  @Override
  protected AttemptStore store() {
    return store;
  }

  @Override
  protected List<RecordedAttempt> log() {
    return store.log();
  }
}
