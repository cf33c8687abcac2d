package sekisho.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import sekisho.login.NotServing;

class ReadinessTest {

  private static final long EARLIER = System.nanoTime() - 60_000_000_000L;

  private final List<Optional<NotServing>> loops = new ArrayList<>();
  private final Readiness readiness = new Readiness(() -> loops);
  private final Logger log = (Logger) LoggerFactory.getLogger(Readiness.class);
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();

  @BeforeEach
  void listen() {
    said.start();
    log.setLevel(Level.INFO);
    log.addAppender(said);
  }

  @AfterEach
  void stopListening() {
    log.detachAppender(said);
    log.setLevel(null);
  }

  private static Optional<NotServing> since(long since, String reason) {
    return Optional.of(new NotServing(reason, since));
  }

  private void now(List<Optional<NotServing>> states) {
    loops.clear();
    loops.addAll(states);
    readiness.tell();
    readiness.tell();
  }

  private List<String> said() {
    return said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void aServiceThatStartsIsNotReady() {
    assertThat(readiness.notReady().orElseThrow().reason()).isEqualTo("the service is starting");
  }

  @Test
  void oneEventLoopWithoutAnswersIsEnough() {
    now(List.of(Optional.empty(), Optional.empty()));
    assertThat(readiness.notReady()).isEmpty();
    now(List.of(Optional.empty(), since(EARLIER, "one")));
    assertThat(readiness.notReady()).isEqualTo(since(EARLIER, "one"));
    now(List.of(since(EARLIER + 1_000_000_000L, "two"), since(EARLIER, "one")));
    assertThat(readiness.notReady())
        .as("the one that is without answers for longest")
        .isEqualTo(since(EARLIER, "one"));
    assertThat(readiness.since(readiness.notReady().orElseThrow()))
        .isBetween(Instant.now().minusSeconds(70), Instant.now().minusSeconds(59));
  }

  @Test
  void theLogTellsEachReasonOnceAndHowLongItTook() {
    now(List.of(Optional.empty()));
    now(List.of(since(System.nanoTime() - 2_000_000_000L, "first")));
    now(List.of(since(System.nanoTime() - 1_000_000_000L, "second")));
    now(List.of(Optional.empty()));
    assertThat(said())
        .hasSize(3)
        .startsWith("no attempts are accepted: first", "no attempts are accepted: second");
    assertThat(said().get(2)).matches("attempts are accepted again, after [2-9]\\.\\d s");
  }

  @Test
  void whatEndsIsNotReadyAndSaysNoMore() {
    now(List.of(Optional.empty()));
    readiness.ending();
    long since = readiness.notReady().orElseThrow().since();
    now(List.of(since(EARLIER, "one")));
    readiness.ending();
    assertThat(readiness.notReady()).isEqualTo(since(since, "the service is ending"));
    assertThat(said()).isEmpty();
  }
}
