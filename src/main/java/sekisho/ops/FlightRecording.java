package sekisho.ops;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /debug/profile?seconds=}: a recording by Java's flight recorder, which samples what
 * threads do. One at a time. Events that hold the environment or the command line are left out:
 * secrets stand there.
 */
final class FlightRecording {

  private static final Logger LOG = LoggerFactory.getLogger(FlightRecording.class);
  private static final String SETTINGS = "profile";
  private static final String TYPE = "application/x-jfr";
  private static final int DEFAULT_SECONDS = 10;
  private static final int MOST_SECONDS = 60;
  private static final List<String> WITH_SECRETS =
      List.of(
          "jdk.InitialEnvironmentVariable",
          "jdk.InitialSystemProperty",
          "jdk.InitialSecurityProperty",
          "jdk.JVMInformation",
          "jdk.SystemProcess");

  private final OperatorApi api;
  private final AtomicBoolean busy = new AtomicBoolean();

  FlightRecording(OperatorApi api) {
    this.api = api;
  }

  /** Answers with the recording when its time is over. */
  void handle(RoutingContext context) {
    int seconds;
    try {
      String wanted = context.request().getParam("seconds");
      seconds = wanted == null ? DEFAULT_SECONDS : Integer.parseInt(wanted);
    } catch (NumberFormatException e) {
      seconds = 0;
    }
    if (seconds < 1 || seconds > MOST_SECONDS) {
      refuse(context, 400, "seconds must be a whole number from 1 to " + MOST_SECONDS);
    } else if (!busy.compareAndSet(false, true)) {
      refuse(context, 409, "another recording is being made");
    } else {
      Duration length = Duration.ofSeconds(seconds);
      api.inBackground(() -> start(context, length));
    }
  }

  private void start(RoutingContext context, Duration length) {
    try {
      Recording recording = new Recording(Configuration.getConfiguration(SETTINGS));
      WITH_SECRETS.forEach(recording::disable);
      recording.start();
      context
          .vertx()
          .setTimer(length.toMillis(), timer -> api.inBackground(() -> finish(context, recording)));
    } catch (IOException | ParseException | RuntimeException | Error e) {
      failed(context, e);
    }
  }

  private void finish(RoutingContext context, Recording recording) {
    try (recording) {
      recording.stop();
      Path file = Files.createTempFile("sekisho", ".jfr");
      try {
        recording.dump(file);
        Buffer bytes = Buffer.buffer(Files.readAllBytes(file));
        context.vertx().runOnContext(turn -> ManagementServer.send(context, TYPE, bytes));
      } finally {
        Files.delete(file);
      }
      busy.set(false);
    } catch (IOException | RuntimeException | Error e) {
      failed(context, e);
    }
  }

  private void failed(RoutingContext context, Throwable e) {
    busy.set(false);
    LOG.error("no recording", e);
    refuse(context, 500, "no recording could be made: " + e.getMessage());
  }

  private static void refuse(RoutingContext context, int status, String why) {
    ManagementServer.json(context, status, new JsonObject().put("error", why));
  }
}
