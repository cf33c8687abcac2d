package sekisho.bench;

import io.vertx.core.Future;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sekisho.bench.client.Engine;
import sekisho.bench.client.Request;
import sekisho.bench.client.Response;
import sekisho.bench.contest.ExpectedState;
import sekisho.bench.contest.ReportCheck;
import sekisho.bench.load.Dataset;
import sekisho.bench.load.EnvironmentException;
import sekisho.bench.load.Latency;
import sekisho.bench.load.Load;
import sekisho.bench.load.LoopMeter;
import sekisho.bench.load.Monitor;
import sekisho.bench.load.Problem;
import sekisho.bench.load.ProcessMeter;
import sekisho.bench.load.Reason;
import sekisho.bench.load.Recorder;
import sekisho.bench.load.RequestKind;
import sekisho.bench.output.BenchResult;
import sekisho.bench.output.BenchSettings;

/** One run from the first look at the service to the result. */
final class BenchRun {

  private static final Duration SLACK = Duration.ofSeconds(5);

  private final BenchSettings settings;
  private final PrintWriter out;
  private final Recorder recorder = new Recorder();
  private final List<String> remarks = new ArrayList<>();

  BenchRun(BenchSettings settings, PrintWriter out) {
    this.settings = settings;
    this.out = out;
  }

  /**
   * Runs.
   *
   * @throws EnvironmentException when the run cannot start
   */
  BenchResult run() throws InterruptedException {
    Dataset dataset = Dataset.load(settings.dataset());
    try (Engine engine = new Engine(settings.target())) {
      return settings.raw() == null ? contest(engine, dataset) : raw(engine, dataset);
    }
  }

  private BenchResult contest(Engine engine, Dataset dataset) throws InterruptedException {
    ExpectedState expected = new ExpectedState(settings.thresholds(), dataset.accounts());
    checkFreshlySeeded(engine, expected);
    Load load = new Loads(settings, engine, recorder).contest(dataset, expected);
    return measure(engine, load, 0, expected);
  }

  private BenchResult raw(Engine engine, Dataset dataset) throws InterruptedException {
    Loads loads = new Loads(settings, engine, recorder);
    Load load = engine.call(() -> Future.succeededFuture(loads.raw(dataset)), SLACK);
    return measure(engine, load, settings.warmUp(), null);
  }

  /**
   * Expectations hold only for a service in the seeded state. The report is the only look at that
   * state from outside, and it tells nothing of users below the threshold: so a service in another
   * state cannot be adopted, only refused.
   */
  private void checkFreshlySeeded(Engine engine, ExpectedState expected)
      throws InterruptedException {
    try {
      ReportCheck check = ReportCheck.compare(report(engine), expected);
      if (!check.locked().missing().isEmpty()
          || !check.locked().extra().isEmpty()
          || !check.banned().missing().isEmpty()
          || !check.banned().extra().isEmpty()) {
        throw new EnvironmentException(
            "the service is not in the seeded state (locked users: "
                + check.locked().missing().size()
                + " missing, "
                + check.locked().extra().size()
                + " extra; banned addresses: "
                + check.banned().missing().size()
                + " missing, "
                + check.banned().extra().size()
                + " extra): run make init first");
      }
      check.problems().forEach(recorder::problem);
    } catch (Problem problem) {
      if (problem.reason() == Reason.REPORT_FORM) {
        recorder.problem(problem);
        return;
      }
      throw new EnvironmentException(
          problem.reason() == Reason.CONNECT
              ? "nothing answers at "
                  + settings.target()
                  + " ("
                  + problem.getMessage()
                  + "): start it with make run"
              : "no report to start from: " + problem.getMessage());
    }
  }

  private Response report(Engine engine) throws InterruptedException {
    Request request = Request.get(RequestKind.REPORT, "/report", null);
    return engine.call(
        () -> engine.connection(settings.reportTimeout(), recorder).send(request),
        settings.reportTimeout().plus(SLACK));
  }

  private BenchResult measure(Engine engine, Load load, double warmUp, ExpectedState expected)
      throws InterruptedException {
    ProcessMeters found = ProcessMeters.find(settings);
    List<ProcessMeter> meters = found.meters();
    remarks.addAll(found.remarks());
    LoopMeter loop = engine.call(() -> Future.succeededFuture(LoopMeter.ofThisThread()), SLACK);
    CountDownLatch ended = new CountDownLatch(1);
    // A collection that first met the data set in the middle of a run would look like a stall of
    // the service.
    System.gc();
    Instant startedAt = Instant.now();
    engine.call(() -> Future.succeededFuture(recorder.restart()), SLACK);
    Future<Void> running = engine.start(load::start).onComplete(done -> ended.countDown());
    if (warmUp > 0) {
      ended.await((long) (warmUp * 1e9), TimeUnit.NANOSECONDS);
      engine.call(
          () -> {
            load.restart();
            return Future.succeededFuture(recorder.restart());
          },
          SLACK);
      meters.forEach(ProcessMeter::restart);
      loop.restart();
    }
    Monitor monitor = new Monitor(recorder, meters, out);
    double seconds = monitor.watch(ended, settings.seconds());
    long requests = recorder.requests();
    long pages = recorder.pages();
    LoopMeter.LoopLoad loopLoad = loop.load();
    end(engine, load, ended, running);
    ReportCheck report = expected == null ? null : finalReport(engine, expected);
    meters.forEach(ProcessMeter::sample);
    if (loopLoad.limits()) {
      remarks.add(loopLoad.remark());
    }
    remarks.addAll(load.remarks());
    return new BenchResult(
        settings,
        startedAt,
        seconds,
        requests,
        pages,
        recorder.failuresByReason(),
        latencies(),
        monitor.samples(),
        meters.stream().map(ProcessMeter::usage).toList(),
        loopLoad,
        report,
        List.copyOf(remarks));
  }

  /**
   * Lets the workers end what they are at; what takes longer than a request may take is cut off.
   */
  private void end(Engine engine, Load load, CountDownLatch ended, Future<Void> running)
      throws InterruptedException {
    Future<Void> stopped =
        engine.start(
            () -> {
              load.stop();
              return Future.succeededFuture();
            });
    stopped.toCompletionStage().toCompletableFuture().join();
    if (!ended.await(settings.timeout().plus(SLACK).toNanos(), TimeUnit.NANOSECONDS)) {
      remarks.add("Some workers did not end in time and were cut off.");
      engine.start(
          () -> {
            engine.closeConnections();
            return Future.succeededFuture();
          });
      ended.await(SLACK.toNanos(), TimeUnit.NANOSECONDS);
    }
    if (running.failed()) {
      throw new IllegalStateException("the generator itself failed", running.cause());
    }
  }

  private ReportCheck finalReport(Engine engine, ExpectedState expected)
      throws InterruptedException {
    try {
      ReportCheck check = ReportCheck.compare(report(engine), expected);
      check.problems().forEach(recorder::problem);
      if (!check.locked().sorted() || !check.banned().sorted()) {
        remarks.add("The lists of the report are not sorted.");
      }
      return check;
    } catch (Problem problem) {
      recorder.problem(problem);
      return null;
    }
  }

  private List<Latency> latencies() {
    List<Latency> latencies = new ArrayList<>();
    latencies.add(Latency.of("all", recorder.allLatencies()));
    for (RequestKind kind : RequestKind.values()) {
      if (recorder.latencies(kind).getTotalCount() > 0) {
        latencies.add(Latency.of(kind.label(), recorder.latencies(kind)));
      }
    }
    return latencies;
  }
}
