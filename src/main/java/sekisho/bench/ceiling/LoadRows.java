package sekisho.bench.ceiling;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * The rows that are measured under load. Service and ceiling take turns in each round.
 *
 * <p>On one box the move of attempts to MySQL takes CPU from the logins. So rows of logins are
 * measured both ways: without it, on an instance whose queue may grow; and with it, on an instance
 * with default settings that finds a queue over its threshold.
 */
final class LoadRows {

  private static final String TOP = "top";
  private static final String FAIL = "fail";
  private static final String LOGIN = "login";

  /** More than the default of {@code sekisho.flush.threshold}. */
  private static final long QUEUE_TO_MOVE = 110_000;

  private final BenchEnvironment environment;
  private final Generator generator;
  private final int rounds;
  private final Consumer<Row> rows;
  private long waiting;
  private boolean serviceWasLoaded;
  private double highestRate;
  private double highestRateWithFlush;
  private boolean allRight = true;

  /**
   * Nothing is measured yet.
   *
   * @param rows takes the rows as they are found
   */
  LoadRows(BenchEnvironment environment, Generator generator, int rounds, Consumer<Row> rows) {
    this.environment = environment;
    this.generator = generator;
    this.rounds = rounds;
    this.rows = rows;
  }

  /** Whether all answers were right so far. */
  boolean allRight() {
    return allRight;
  }

  /** {@code GET /}. */
  void top() throws IOException {
    List<Figures> service = new ArrayList<>();
    List<Figures> ceiling = new ArrayList<>();
    List<Figures> nginx = new ArrayList<>();
    Optional<SystemUnderTest> other = environment.nginx();
    for (int round = 0; round < rounds; round++) {
      service.add(loaded(environment.service(), TOP));
      ceiling.add(loaded(environment.ceiling(), TOP));
      if (other.isPresent()) {
        nginx.add(loaded(other.get(), TOP));
      }
    }
    rate("GET /, of the ceiling", 0.95, service, "ceiling", ceiling);
    if (other.isPresent()) {
      rate("GET /, of nginx with a file of the same size", 1, service, "nginx", nginx);
    } else {
      rows.accept(Row.remark("nginx is not installed: not compared"));
    }
  }

  /** Failing logins, and their CPU time. */
  void fail() throws IOException {
    Rounds found = logins(FAIL, environment.ceiling());
    rate(
        "failing POST /login, of the ceiling; no flush",
        0.60,
        found.service,
        "ceiling",
        found.ceiling);
    rate(
        "failing POST /login, of the ceiling; during a flush",
        0.60,
        found.flushing,
        "ceiling",
        found.ceiling);
    cpu("CPU of a failing login with Redis; no flush", found.service, found.ceiling);
    cpu("CPU of a failing login with Redis; during a flush", found.flushing, found.ceiling);
    highestRate = Figures.median(found.service, Figures::requestsPerSecond);
    highestRateWithFlush = Figures.median(found.flushing, Figures::requestsPerSecond);
  }

  /** Right logins, each with the member page. */
  void login() throws IOException {
    Rounds found = logins(LOGIN, environment.ceilingOfRightLogins());
    rate(
        "right POST /login, GET /mypage, of the ceiling; no flush",
        0.55,
        found.service,
        "ceiling",
        found.ceiling);
    rate(
        "right POST /login, GET /mypage, of the ceiling; in a flush",
        0.55,
        found.flushing,
        "ceiling",
        found.ceiling);
  }

  /** Latency at half of the highest rate. */
  void latency() throws IOException {
    if (highestRate == 0) {
      highestRate = loaded(environment.serviceWithoutFlush(), FAIL).requestsPerSecond();
      fillQueue();
      highestRateWithFlush = loaded(environment.service(), FAIL).requestsPerSecond();
      drain();
    }
    List<Figures> quiet = new ArrayList<>();
    List<Figures> flushing = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      quiet.add(noted(generator.atRate(environment.serviceWithoutFlush(), FAIL, highestRate / 2)));
      fillQueue();
      flushing.add(noted(generator.atRate(environment.service(), FAIL, highestRateWithFlush / 2)));
      drain();
    }
    p99("p99 of a failing login at half the rate; no flush", 2, quiet);
    p99("p99 of a failing login at half the rate; during a flush", 25, flushing);
  }

  /** Resident memory after full load. */
  void memory() throws IOException {
    if (!serviceWasLoaded) {
      loaded(environment.service(), FAIL);
      loaded(environment.service(), LOGIN);
      drain();
    }
    double peak = environment.service().peakMebibytes();
    rows.accept(
        Row.atMost(
            350,
            " MiB",
            "resident memory of the service, highest",
            peak,
            String.format(Locale.ROOT, "%.0f MiB", peak)));
  }

  /** What the rounds of one route found. */
  private record Rounds(List<Figures> service, List<Figures> flushing, List<Figures> ceiling) {}

  private Rounds logins(String route, SystemUnderTest ceiling) throws IOException {
    Rounds found = new Rounds(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int round = 0; round < rounds; round++) {
      found.service.add(loaded(environment.serviceWithoutFlush(), route));
      fillQueue();
      found.flushing.add(loaded(environment.service(), route));
      drain();
      found.ceiling.add(loaded(ceiling, route));
    }
    return found;
  }

  private Figures loaded(SystemUnderTest system, String route) throws IOException {
    Figures figures = noted(generator.fullLoad(system, route));
    serviceWasLoaded |= system == environment.service();
    if (system.usesRedis() && !route.equals(TOP)) {
      waiting += route.equals(LOGIN) ? figures.requests() / 2 : figures.requests();
    }
    return figures;
  }

  private void fillQueue() throws IOException {
    if (waiting < QUEUE_TO_MOVE) {
      noted(generator.requests(environment.serviceWithoutFlush(), FAIL, QUEUE_TO_MOVE - waiting));
    }
  }

  private void drain() throws IOException {
    environment.drain();
    waiting = 0;
  }

  private Figures noted(Figures figures) {
    allRight &= figures.failures() == 0;
    return figures;
  }

  private void rate(
      String measure, double target, List<Figures> own, String name, List<Figures> other) {
    MinMedianMax ratio = ratio(own, other, Figures::requestsPerSecond);
    rows.accept(
        Row.atLeast(
            target,
            "",
            measure,
            ratio.median(),
            String.format(
                Locale.ROOT,
                "%s; service %,.0f/s, %s %,.0f/s",
                ratio.text("%.2f"),
                Figures.median(own, Figures::requestsPerSecond),
                name,
                Figures.median(other, Figures::requestsPerSecond))));
    remark(own, name, other);
  }

  private void cpu(String measure, List<Figures> own, List<Figures> ceiling) {
    MinMedianMax ratio = ratio(own, ceiling, Figures::cpuMicros);
    rows.accept(
        Row.atMost(
            1.9,
            " × ceiling",
            measure,
            ratio.median(),
            ratio.text("%.2f")
                + " × the ceiling's "
                + MinMedianMax.of(Figures.each(ceiling, Figures::cpuMicros)).text("%.1f")
                + " µs"));
    MinMedianMax micros = MinMedianMax.of(Figures.each(own, Figures::cpuMicros));
    rows.accept(Row.atMost(17, " µs", "", micros.median(), micros.text("%.1f") + " µs"));
  }

  private void p99(String measure, double target, List<Figures> runs) {
    MinMedianMax millis = MinMedianMax.of(Figures.each(runs, Figures::p99Millis));
    rows.accept(
        Row.atMost(
            target,
            " ms",
            measure,
            millis.median(),
            String.format(
                Locale.ROOT,
                "%s ms at %,.0f/s",
                millis.text("%.2f"),
                Figures.median(runs, Figures::requestsPerSecond))));
  }

  private void remark(List<Figures> own, String name, List<Figures> other) {
    long limited = own.stream().filter(Figures::generatorLimited).count();
    long otherLimited = other.stream().filter(Figures::generatorLimited).count();
    rows.accept(
        Row.remark(
            String.format(
                Locale.ROOT,
                "  generator busy %.0f %% with the service, %.0f %% with %s%s",
                Figures.median(own, Figures::generatorBusy) * 100,
                Figures.median(other, Figures::generatorBusy) * 100,
                name,
                limited + otherLimited == 0
                    ? ""
                    : ", and had no idle time in "
                        + limited
                        + " and "
                        + otherLimited
                        + " of "
                        + own.size()
                        + " rounds: there it was the limit, or waited for a core")));
    long failures =
        own.stream().mapToLong(Figures::failures).sum()
            + other.stream().mapToLong(Figures::failures).sum();
    if (failures > 0) {
      rows.accept(Row.remark("  " + failures + " answers were wrong: this row counts for nothing"));
    }
  }

  private static MinMedianMax ratio(
      List<Figures> own, List<Figures> other, ToDoubleFunction<Figures> figure) {
    return MinMedianMax.ofRatios(Figures.each(own, figure), Figures.each(other, figure));
  }
}
