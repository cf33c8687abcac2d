package sekisho.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.http.page.Pages;
import sekisho.login.NotServing;
import sekisho.login.Outcome;
import sekisho.login.Thresholds;
import sekisho.metrics.CallTimes;
import sekisho.metrics.Event;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.Database;
import sekisho.report.ReportReader;
import sekisho.user.Users;

/**
 * A page that shows what goes on, for an operator: attempts per second by outcome, the time of
 * store calls, the queue, and the newest bans and locks. Numbers are those of this instance, bans
 * and locks those of all. The page asks for events (server-sent, HTML Living Standard 9.2), a frame
 * each second. While nobody looks, nothing is done. Lives on the event loop of the management port.
 */
public final class LiveView {

  private static final Logger LOG = LoggerFactory.getLogger(LiveView.class);
  private static final String PAGE = "/sekisho/ops/live.html";
  private static final long FRAME_MILLIS = 1000;

  /** To find the newest bans, the queue is flushed, as for a report. */
  private static final int FRAMES_BETWEEN_LISTS = 5;

  private static final int LISTED = 10;

  private final Vertx vertx;
  private final String instance;
  private final ServiceMetrics metrics;
  private final Users users;
  private final Readiness readiness;
  private final OperatorApi api;
  private final Supplier<Refused> lists;
  private final ObjectMapper mapper = new ObjectMapper();
  private final Buffer page;
  private final String policy;
  private final Set<HttpServerResponse> viewers = new HashSet<>();
  private @Nullable Long timer;
  private int frames;

  /** Written by the thread of the lists. */
  private volatile @Nullable Refused refused;

  /**
   * Who is refused now.
   *
   * @param bans how many addresses
   * @param locks how many users
   * @param newest those that were banned or locked last
   */
  public record Refused(long bans, long locks, BanList newest) {}

  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  private record Frame(
      String instance,
      long upMs,
      @Nullable String problem,
      int users,
      long success,
      long wrong,
      long locked,
      long banned,
      long unavailable,
      @Nullable String callP50Ms,
      @Nullable String callP99Ms,
      long queue,
      @Nullable Refused refused) {}

  /**
   * @param lists flushes and reads who is refused; blocks
   */
  LiveView(
      Vertx vertx,
      String instance,
      ServiceMetrics metrics,
      Users users,
      Readiness readiness,
      OperatorApi api,
      Supplier<Refused> lists) {
    this.vertx = vertx;
    this.instance = instance;
    this.metrics = metrics;
    this.users = users;
    this.readiness = readiness;
    this.api = api;
    this.lists = lists;
    String html = read();
    this.page = Buffer.buffer(html);
    this.policy =
        "default-src 'none'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; style-src '"
            + Pages.sourceHash(html, "style")
            + "'; script-src '"
            + Pages.sourceHash(html, "script")
            + "'";
  }

  /**
   * Reads who is refused, as of a transaction's moment; the state tables are as of their last
   * count.
   */
  public static Refused refused(Database.Transaction transaction, Thresholds thresholds) {
    ReportReader.Counts counts = new ReportReader(thresholds).count(transaction);
    return new Refused(
        counts.bannedAddresses(),
        counts.lockedUsers(),
        BanList.newest(transaction, thresholds, LISTED));
  }

  /** Adds the routes. */
  void addTo(Router router) {
    ManagementServer.get(router, "/live").handler(this::page);
    router.get("/live/events").handler(this::events);
  }

  private static String read() {
    try (InputStream in = LiveView.class.getResourceAsStream(PAGE)) {
      if (in == null) {
        throw new IllegalStateException(PAGE + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void page(RoutingContext context) {
    context
        .response()
        .putHeader("Content-Security-Policy", policy)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    ManagementServer.send(context, "text/html; charset=utf-8", page);
  }

  private void events(RoutingContext context) {
    HttpServerResponse response =
        context
            .response()
            .setChunked(true)
            .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
            .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream");
    viewers.add(response);
    response.closeHandler(closed -> leave(response));
    response.exceptionHandler(broken -> leave(response));
    if (timer == null) {
      timer = vertx.setPeriodic(0, FRAME_MILLIS, tick -> tick());
    }
  }

  private void leave(HttpServerResponse response) {
    viewers.remove(response);
    if (viewers.isEmpty() && timer != null) {
      vertx.cancelTimer(timer);
      timer = null;
      frames = 0;
    }
  }

  private void tick() {
    if (frames++ % FRAMES_BETWEEN_LISTS == 0) {
      api.inBackground(this::readLists);
    }
    Buffer frame = Buffer.buffer("data: ").appendBuffer(frame()).appendString("\n\n");
    for (HttpServerResponse viewer : viewers) {
      // Who does not read gets the next one that fits: each frame says all.
      if (!viewer.writeQueueFull()) {
        viewer.write(frame);
      }
    }
  }

  private void readLists() {
    try {
      refused = lists.get();
    } catch (RuntimeException e) {
      LOG.debug("no lists for the live view: {}", e.getMessage());
      refused = null;
    }
  }

  private Buffer frame() {
    CallTimes.Summary calls = metrics.storeCalls().sinceLast();
    boolean called = calls.calls() > 0;
    Frame frame =
        new Frame(
            instance,
            ManagementFactory.getRuntimeMXBean().getUptime(),
            readiness.notReady().map(NotServing::reason).orElse(null),
            users.current().size(),
            metrics.total(Outcome.SUCCESS),
            metrics.total(Outcome.WRONG),
            metrics.total(Outcome.LOCKED),
            metrics.total(Outcome.BANNED),
            metrics.total(Event.UNAVAILABLE),
            called ? millis(calls.p50Micros()) : null,
            called ? millis(calls.p99Micros()) : null,
            metrics.queueLength(),
            refused);
    try {
      return Buffer.buffer(mapper.writeValueAsBytes(frame));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String millis(long micros) {
    return String.format(Locale.ROOT, micros < 10_000 ? "%.2f" : "%.0f", micros / 1e3);
  }
}
