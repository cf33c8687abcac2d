package sekisho.bench;

import io.vertx.core.Future;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import sekisho.bench.client.Engine;
import sekisho.bench.client.Request;
import sekisho.bench.client.Response;
import sekisho.bench.contest.ContestLoad;
import sekisho.bench.contest.ExpectedState;
import sekisho.bench.contest.PreTest;
import sekisho.bench.contest.ReportCheck;
import sekisho.bench.contest.SimulatedBrowser;
import sekisho.bench.load.Account;
import sekisho.bench.load.Dataset;
import sekisho.bench.load.EnvironmentException;
import sekisho.bench.load.Latency;
import sekisho.bench.load.Load;
import sekisho.bench.load.LoopMeter;
import sekisho.bench.load.Monitor;
import sekisho.bench.load.Problem;
import sekisho.bench.load.ProcessMeter;
import sekisho.bench.load.QueueProbe;
import sekisho.bench.load.Reason;
import sekisho.bench.load.Recorder;
import sekisho.bench.load.RequestKind;
import sekisho.bench.output.BenchResult;
import sekisho.bench.output.BenchSettings;

/** One run from the first look at the service to the result. */
final class BenchRun {

  private static final Duration SLACK = Duration.ofSeconds(5);

  /** A share of the time; from here on a reader has to know. */
  private static final double MUCH_WAITING = 0.2;

  /** Seconds after workers were added that do not count, and seconds that do. */
  private static final double RAMP_SETTLES = 2;

  private static final double RAMP_STEP = 5;

  /** A rate that is lower than this many times the best ends the ramp. */
  private static final double RAMP_GAIN = 1.03;

  private final BenchSettings settings;
  private final PrintWriter out;
  private final Recorder recorder;
  private final List<String> remarks = new ArrayList<>();
  private final List<BenchResult.Phase> phases = new ArrayList<>();
  private final List<BenchResult.RampStep> ramp = new ArrayList<>();
  private String lastReport = "";

  BenchRun(BenchSettings settings, PrintWriter out) {
    this.settings = settings;
    // Raw mode measures, and judges no latency: at a fixed rate they also hold the wait for a turn.
    this.recorder =
        new Recorder(settings.raw() == null ? settings.slowLimit() : Duration.ofDays(1));
    this.out = out;
  }

  /**
   * Runs.
   *
   * @throws EnvironmentException when the run cannot start
   */
  BenchResult run() throws InterruptedException {
    Dataset dataset = Dataset.load(settings.dataset());
    try (Engine engine = new Engine(settings.targets())) {
      return settings.raw() == null ? contest(engine, dataset) : raw(engine, dataset);
    }
  }

  private BenchResult contest(Engine engine, Dataset dataset) throws InterruptedException {
    ExpectedState expected = new ExpectedState(settings.thresholds(), dataset.accounts());
    Instant startedAt = Instant.now();
    BenchSettings.Phases wanted = settings.phases();
    if (wanted.init().isPresent()) {
      phase(
          "prepare",
          () ->
              ShellCommand.run(
                  "the init command", wanted.init().get(), wanted.initLimit(), Reason.INIT));
      if (!recorder.hasCritical()) {
        phase("ready", () -> requireReady(engine, expected));
      }
    } else {
      checkFreshlySeeded(engine, expected);
    }
    List<Account> accounts = new ArrayList<>(dataset.accounts());
    if (!recorder.hasCritical()) {
      List<Account> own = takeFresh(accounts);
      phase(
          "pre-test",
          () -> engine.call(() -> preTest(engine, expected, own).run(), settings.reportTimeout()));
    }
    if (recorder.hasCritical() || wanted.pretestOnly()) {
      return withoutLoad(startedAt);
    }
    ContestLoad load = new Loads(settings, engine, recorder).contest(accounts, expected);
    return measure(engine, load, contestWarmUp(), expected);
  }

  /** A run of so many requests is one of so many attempts: none of them may go uncounted. */
  private double contestWarmUp() {
    return settings.requests() == Long.MAX_VALUE && !settings.phases().ramp()
        ? settings.warmUp()
        : 0;
  }

  private PreTest preTest(Engine engine, ExpectedState expected, List<Account> users) {
    return new PreTest(
        new SimulatedBrowser(engine.connection(settings.timeout(), recorder), false),
        expected,
        settings.thresholds(),
        users,
        recorder);
  }

  /** Takes users without failures, which no worker gets then. */
  private static List<Account> takeFresh(List<Account> accounts) {
    List<Account> taken = new ArrayList<>();
    for (int i = accounts.size() - 1; i >= 0 && taken.size() < PreTest.USERS; i--) {
      if (!accounts.get(i).inLog()) {
        taken.add(accounts.remove(i));
      }
    }
    if (taken.size() < PreTest.USERS) {
      throw new EnvironmentException("the data set has too few users that are not in the log");
    }
    return taken;
  }

  /** Something that takes its time, and fails with a {@link Problem}. */
  private interface Step {
    void run() throws InterruptedException;
  }

  private void phase(String name, Step step) throws InterruptedException {
    long problems = recorder.failures();
    long begun = System.nanoTime();
    try {
      step.run();
    } catch (Problem problem) {
      recorder.problem(problem);
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    phases.add(new BenchResult.Phase(name, seconds, recorder.failures() - problems));
    out.printf(Locale.ROOT, "%-12s %.1f s%n", name, seconds);
    out.flush();
  }

  /** At once: a contest's benchmark does not wait either. */
  private void requireReady(Engine engine, ExpectedState expected) throws InterruptedException {
    Problem notReady;
    try {
      ReportCheck check = ReportCheck.compare(report(engine), expected);
      if (check.agrees()) {
        return;
      }
      notReady = new Problem(Reason.INIT, "the report is not that of the seeded state");
    } catch (Problem problem) {
      notReady = new Problem(Reason.INIT, "GET /report right after it: " + problem.getMessage());
    }
    throw notReady;
  }

  private BenchResult withoutLoad(Instant startedAt) {
    double seconds = phases.stream().mapToDouble(BenchResult.Phase::seconds).sum();
    return new BenchResult(
        settings,
        Machine.facts(),
        startedAt,
        Math.max(seconds, 0.001),
        recorder.requests(),
        recorder.pages(),
        recorder.failuresByReason(),
        latencies(),
        List.of(),
        List.of(),
        new LoopMeter.LoopLoad(0, 0),
        null,
        List.copyOf(phases),
        List.of(),
        List.copyOf(remarks));
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
    boolean rising = settings.phases().ramp() && load instanceof ContestLoad;
    Future<Void> running =
        engine
            .start(() -> rising ? ((ContestLoad) load).start(1) : load.start())
            .onComplete(done -> ended.countDown());
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
    Monitor monitor = new Monitor(recorder, meters, new QueueProbe(settings.metrics()), out);
    double seconds =
        rising
            ? rise(engine, (ContestLoad) load, monitor, ended)
            : monitor.watch(ended, settings.seconds());
    long requests = recorder.requests();
    long pages = recorder.pages();
    LoopMeter.LoopLoad loopLoad = loop.load();
    end(engine, load, ended, running);
    phases.add(new BenchResult.Phase("load", warmUp + seconds, recorder.failures()));
    AtomicReference<ReportCheck> report = new AtomicReference<>();
    if (expected != null) {
      phase("validation", () -> report.set(finalReport(engine, expected)));
      if (settings.phases().restart().isPresent() && report.get() != null) {
        phase("restart", () -> restart(engine, expected));
      }
    }
    meters.forEach(ProcessMeter::sample);
    if (loopLoad.limits()) {
      remarks.add(loopLoad.remark());
    } else if (loopLoad.waiting() >= MUCH_WAITING) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "The generator waited for a processor %.0f %% of the time: latencies are longer, and rates"
                  + " lower, than on a machine with more cores.",
              loopLoad.waiting() * 100));
    }
    remarks.addAll(load.remarks());
    return new BenchResult(
        settings,
        Machine.facts(),
        startedAt,
        seconds,
        requests,
        pages,
        recorder.failuresByReason(),
        latencies(),
        monitor.samples(),
        meters.stream().map(ProcessMeter::usage).toList(),
        loopLoad,
        report.get(),
        List.copyOf(phases),
        List.copyOf(ramp),
        List.copyOf(remarks));
  }

  /**
   * Adds workers, twice as many each time, until the rate rises no more or all are at work.
   *
   * @return seconds that it took
   */
  private double rise(Engine engine, ContestLoad load, Monitor monitor, CountDownLatch ended)
      throws InterruptedException {
    double seconds = 0;
    double best = 0;
    for (int workers = 1; ; workers = Math.min(2 * workers, settings.workers())) {
      int raised = workers;
      engine.call(
          () -> {
            load.raise(raised);
            return Future.succeededFuture();
          },
          SLACK);
      seconds += monitor.watch(ended, RAMP_SETTLES);
      long before = recorder.pages();
      double step = monitor.watch(ended, RAMP_STEP);
      seconds += step;
      double rate = (recorder.pages() - before) / step;
      ramp.add(new BenchResult.RampStep(workers, rate));
      if (workers == settings.workers()
          || rate < best * RAMP_GAIN
          || recorder.hasCritical()
          || ended.getCount() == 0) {
        return seconds;
      }
      best = Math.max(best, rate);
    }
  }

  /** The services may be gone for a while, but not what they knew. */
  private void restart(Engine engine, ExpectedState expected) throws InterruptedException {
    BenchSettings.Phases wanted = settings.phases();
    String before = lastReport;
    ShellCommand.run(
        "the restart command",
        wanted.restart().orElseThrow(),
        wanted.restartLimit(),
        Reason.RESTART);
    long deadline = System.nanoTime() + wanted.restartLimit().toNanos();
    while (true) {
      try {
        Response response = report(engine);
        if (response.status() == 200) {
          requireSame(before, response, expected);
          return;
        }
      } catch (Problem problem) {
        if (problem.reason() == Reason.RESTART) {
          throw problem;
        }
      }
      if (System.nanoTime() > deadline) {
        throw new Problem(
            Reason.RESTART, "no report within " + wanted.restartLimit().toSeconds() + " s");
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private static void requireSame(String before, Response response, ExpectedState expected) {
    ReportCheck check = ReportCheck.compare(response, expected);
    if (!check.agrees()) {
      throw new Problem(
          Reason.RESTART,
          String.format(
              Locale.ROOT,
              "%d locked users and %d banned addresses are missing, %d and %d are extra",
              check.locked().missing().size(),
              check.banned().missing().size(),
              check.locked().extra().size(),
              check.banned().extra().size()));
    }
    if (!response.body().toString().equals(before)) {
      throw new Problem(Reason.RESTART, "the same state gave other bytes");
    }
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
      Response response = report(engine);
      lastReport = response.body().toString();
      ReportCheck check = ReportCheck.compare(response, expected);
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
