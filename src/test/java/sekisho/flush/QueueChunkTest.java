package sekisho.flush;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import sekisho.login.RecordedAttempt;

class QueueChunkTest {

  private static QueueChunk chunk(long watermark, long highest, Object... rows) {
    List<byte[]> bytes =
        Arrays.stream(rows)
            .map(
                row ->
                    row instanceof Integer number
                        ? number + "\t0\t0\t\t192.0.2.1\tname"
                        : row.toString())
            .map(row -> row.getBytes(StandardCharsets.UTF_8))
            .toList();
    return QueueChunk.of(bytes, watermark, highest);
  }

  private static List<Long> numbers(QueueChunk chunk) {
    return chunk.attempts().stream().map(RecordedAttempt::sequence).toList();
  }

  @Test
  void whatIsAboveTheWatermarkIsNew() {
    QueueChunk chunk = chunk(2, 10, 1, 2, 3, 4, 7);
    assertThat(numbers(chunk)).containsExactly(3L, 4L, 7L);
    assertThat(chunk.watermark()).isEqualTo(7);
    assertThat(chunk.outliers()).isEmpty();
  }

  @Test
  void nothingNewLeavesTheWatermark() {
    assertThat(chunk(2, 10, 1, 2).watermark()).isEqualTo(2);
    assertThat(chunk(2, 10).watermark()).isEqualTo(2);
    assertThat(chunk(2, 10, "garbage").watermark()).isEqualTo(2);
  }

  @Test
  void whatIsFoundAgainIsRemovedByItsContent() {
    QueueChunk chunk = chunk(2, 10, 3, 3, 1, 4, 2, 3);
    assertThat(numbers(chunk)).containsExactly(3L, 4L);
    assertThat(chunk.malformed()).isEmpty();
    assertThat(chunk.outliers()).hasSize(4);
  }

  @Test
  void whatNobodyHasIsPutAsideThoughItComesTooLate() {
    QueueChunk chunk = chunk(2, 10, 3, 5, 4, 6);
    assertThat(numbers(chunk)).containsExactly(3L, 5L, 6L);
    assertThat(chunk.malformed().values())
        .containsExactly("comes after an attempt with a higher sequence number");
  }

  @Test
  void numbersThatWereNeverGivenOutArePutAside() {
    QueueChunk chunk = chunk(2, 4, 3, 5, 4);
    assertThat(numbers(chunk)).containsExactly(3L, 4L);
    assertThat(chunk.malformed().values())
        .containsExactly("has a sequence number that was never given out");
  }

  @Test
  void equalRowsThatAreNoAttemptsAreAllRemoved() {
    assertThat(chunk(0, 4, "garbage", 1, "garbage").outliers()).hasSize(2);
  }
}
