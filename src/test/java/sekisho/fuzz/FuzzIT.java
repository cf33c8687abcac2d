package sekisho.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import sekisho.http.connection.RequestTarget;
import sekisho.testing.HttpProbe;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.Until;

/**
 * Sends mutated requests to a running service, {@code sekisho.fuzz.requests} of them: none is
 * answered with a 5xx, writes an error into the log, leaks a buffer or a connection, or makes log
 * and counters differ.
 */
class FuzzIT {

  private static final long REQUESTS = Long.getLong("sekisho.fuzz.requests", 3_000);
  private static final long SEED = Long.getLong("sekisho.fuzz.seed", 4);
  private static final int CLIENTS = 32;

  /** How long an answer may be awaited; many inputs never get one, because they are not whole. */
  private static final int SILENCE_MILLIS = 30;

  /** The service makes it, and takes it away at its end. */
  private static final Path SOCKET =
      Path.of(
          System.getProperty("java.io.tmpdir"), "sekisho-fuzz-" + ProcessHandle.current().pid());

  @RegisterExtension
  static final ServiceUnderTest SERVICE =
      ServiceUnderTest.with(
          "SEKISHO_HTTP_REQUEST_TIMEOUT_S",
          "1",
          "SEKISHO_USER_LOCK_THRESHOLD",
          "1000000",
          "SEKISHO_HTTP_SOCKET",
          SOCKET.toString());

  private static final Logger ROOT =
      (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private static final Queue<String> LOGGED = new ConcurrentLinkedQueue<>();
  private static final AppenderBase<ILoggingEvent> APPENDER =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          // That one address makes most of the attempts is true here, and so is it that forms come
          // from other origins.
          if (!event.getLoggerName().endsWith("MajorityWatch")
              && !event.getLoggerName().endsWith("FormOrigin")) {
            LOGGED.add(event.getLoggerName() + ": " + event.getFormattedMessage());
          }
        }
      };
  private static Level level;
  private static ResourceLeakDetector.Level leakLevel;

  @BeforeAll
  static void watch() {
    leakLevel = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    level = ROOT.getLevel();
    APPENDER.setContext(ROOT.getLoggerContext());
    APPENDER.start();
    ROOT.addAppender(APPENDER);
    ROOT.setLevel(Level.WARN);
  }

  @AfterAll
  static void stopWatching() {
    ROOT.detachAppender(APPENDER);
    ROOT.setLevel(level);
    ResourceLeakDetector.setLevel(leakLevel);
  }

  @Test
  void noRequestDoesHarm() {
    long begin = System.nanoTime();
    AtomicLong answers = new AtomicLong();
    SocketAddress port = new InetSocketAddress("127.0.0.1", SERVICE.port());
    SocketAddress socket = UnixDomainSocketAddress.of(SOCKET);
    CompletableFuture<?>[] clients =
        LongStream.range(0, CLIENTS)
            .mapToObj(
                client ->
                    CompletableFuture.runAsync(
                        () -> {
                          Mutator mutator =
                              new Mutator(
                                  SEED + client,
                                  Corpus.read("request"),
                                  new RequestTarget().words());
                          for (long i = 0; i < REQUESTS / CLIENTS; i++) {
                            answers.addAndGet(
                                send(client % 4 == 0 ? socket : port, mutator.next()));
                          }
                        },
                        command -> new Thread(command).start()))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(clients).join();
    assertThat(HttpProbe.once(SERVICE.port(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n").status())
        .isEqualTo(200);
    Until.isTrue(
        "all connections end",
        Duration.ofSeconds(20),
        () ->
            HttpProbe.once(
                    SERVICE.managementPort(), "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .text()
                .contains("\nsekisho_connections 0.0\n"));
    System.gc();
    HttpProbe.once(SERVICE.port(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(LOGGED)
        .as("but for the number of refusals")
        .allMatch(line -> line.startsWith("sekisho.metrics.RefusalLog: "));
    if (REQUESTS > 100_000) {
      System.out.printf(
          "fuzz service: %,d connections, %,d answers in %d s, seed %d%n",
          REQUESTS, answers.get(), (System.nanoTime() - begin) / 1_000_000_000, SEED);
    }
  }

  /** Sends an input on a connection of its own and returns the number of answers to it. */
  private static int send(SocketAddress address, byte[] input) {
    StringBuilder received = new StringBuilder();
    try (SocketChannel channel = SocketChannel.open(address);
        Selector silence = Selector.open()) {
      channel.write(ByteBuffer.wrap(input));
      channel.configureBlocking(false).register(silence, SelectionKey.OP_READ);
      ByteBuffer bytes = ByteBuffer.allocate(65_536);
      while (silence.select(SILENCE_MILLIS) > 0 && channel.read(bytes.clear()) >= 0) {
        received.append(StandardCharsets.ISO_8859_1.decode(bytes.flip()));
        silence.selectedKeys().clear();
      }
    } catch (IOException e) {
      // The service ended the connection before all was sent or read.
    }
    List<String> statuses =
        received.toString().lines().filter(line -> line.startsWith("HTTP/1.1 ")).toList();
    assertThat(statuses)
        .as("seed " + SEED + ": " + Corpus.escape(input))
        .noneMatch(line -> line.startsWith("HTTP/1.1 5"));
    return statuses.size();
  }
}
