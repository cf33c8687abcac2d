package sekisho.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RefusalLogTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final ServiceMetrics metrics = new ServiceMetrics();
  private final RefusalLog log = new RefusalLog(metrics);

  @BeforeEach
  void listen() {
    lines.start();
    logger.setLevel(Level.WARN);
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }

  private void refuse(Refusal reason, int times) {
    for (int i = 0; i < times; i++) {
      metrics.count(reason);
    }
  }

  private void assertLines(String... expected) {
    assertThat(lines.list).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(lines.list.get(i).getFormattedMessage()).contains(expected[i]);
    }
  }

  @Test
  void eachReasonHasALineAMinuteAtMostWithTheNumberSinceTheLast() {
    long second = TimeUnit.SECONDS.toNanos(1);
    log.write(0);
    assertLines();
    refuse(Refusal.EVICTED, 3);
    log.write(second);
    refuse(Refusal.EVICTED, 4);
    refuse(Refusal.CONNECTIONS_TOTAL, 1);
    log.write(30 * second);
    log.write(60 * second);
    assertLines("3 since the last", "503, over sekisho.http.max-connections: 1 since");
    log.write(61 * second);
    log.write(200 * second);
    assertLines("3 since", "1 since", "4 since");
  }
}
