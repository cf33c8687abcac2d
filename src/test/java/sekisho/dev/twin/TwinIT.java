package sekisho.dev.twin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import sekisho.dev.seed.SeedDataset;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceHome.Finished;
import sekisho.testing.ServiceProcess;
import sekisho.testing.Until;

/** The yardstick follows the contract, so that its figures can be compared with the service's. */
class TwinIT {

  @Test
  void theLoadGeneratorFindsNothingWrongWithIt() throws IOException {
    try (ServiceHome home = new ServiceHome()) {
      SeedDataset.writeTo(home.data().resolve("dataset"));
      ServiceProcess twin = home.start("bench-twin");
      Until.isTrue("it serves", () -> twin.client().status("GET", "/") == 200);
      Finished bench =
          home.run("bench", "--url", "http://127.0.0.1:" + home.port(), "--requests", "4000");
      assertThat(bench.status()).as(bench.out() + bench.err()).isZero();
      assertThat(bench.out()).contains("pre-test", "passed", "locked users: as expected");
      assertThat(twin.out()).contains("from memory alone");
    }
  }
}
