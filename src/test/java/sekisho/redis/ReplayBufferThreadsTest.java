package sekisho.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;
import sekisho.login.RecordedAttempt;

/**
 * Event loops that remember attempts, and a recovery that reads them meanwhile, find what they
 * would have found one after another.
 */
@Param(name = "number", gen = IntGen.class, conf = "1:20")
public class ReplayBufferThreadsTest {

  private static final byte[] ROW_END = "7\t192.0.2.1\tuser7".getBytes(StandardCharsets.UTF_8);
  private static final String EPOCH = "history/1";

  /** Room for two blocks of two attempts, so that old ones are forgotten. */
  private final ReplayBuffer buffer = new ReplayBuffer(160, 80);

  public ReplayBufferThreadsTest() {
    buffer.belongTo("history");
    buffer.admitted(EPOCH);
  }

  @Operation
  public void add(@Param(name = "number") int number) {
    buffer.sending();
    buffer.add(EPOCH, new DecideScript.Reply(number, new byte[] {'W'}, 1_000), List.of(ROW_END));
    buffer.ended();
  }

  @Operation
  public List<Long> remembered() {
    return buffer.parts().stream()
        .flatMap(part -> part.attempts().stream())
        .map(RecordedAttempt::sequence)
        .toList();
  }

  @Operation
  public long forgotten() {
    return buffer.forgotten();
  }

  @Operation
  public long highest() {
    return buffer.highest(EPOCH);
  }

  @Operation
  public void belongTo(@Param(name = "number") int number) {
    buffer.belongTo(number % 2 == 0 ? "history" : "another");
  }

  @Test
  void parallelCallsAreAsOneAfterAnother() {
    new StressOptions().iterations(5).invocationsPerIteration(300).check(getClass());
  }
}
