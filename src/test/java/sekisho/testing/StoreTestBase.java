package sekisho.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * For tests of what happens between the stores: begins each with empty ones and a process of the
 * service.
 */
public abstract class StoreTestBase {

  /** An address for attempts. */
  protected static final String HOME = "192.0.2.1";

  /** Empty at the beginning of each test. */
  protected static TestStores stores;

  /** What {@link #begin} gives. */
  protected TestInstance instance;

  @BeforeAll
  static void connect() {
    stores = TestStores.empty();
  }

  @AfterAll
  static void disconnect() {
    stores.close();
  }

  @BeforeEach
  void open() {
    stores.clear();
    instance = begin();
  }

  /** The process that each test begins with: one that accepts attempts. */
  protected TestInstance begin() {
    return stores.instance().open();
  }

  @AfterEach
  void close() {
    instance.close();
  }

  /** Counters, log and report agree. */
  protected void assertSound() {
    assertThat(instance.verify().differences()).isEmpty();
  }

  /** The ids of a log that begins with 1 and has no gap. */
  protected static Long[] upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toArray(Long[]::new);
  }
}
