package sekisho.faults;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;

/**
 * For tests of a fault under load: a class sets its stage before all of its tests, and says where
 * the service runs.
 */
@Tag("faults")
abstract class FaultTestBase {

  /** Set by each class. */
  static FaultStage stage;

  /** Where the service runs; set by each class that has a single one. */
  static ServiceHome home;

  /** What runs there. */
  static ServiceProcess service;

  /** Whatever a failed test leaves running. */
  @AfterEach
  void stopTheLoad() {
    stage.load().stop();
  }

  @AfterAll
  static void clearTheStage() {
    stage.close();
  }
}
