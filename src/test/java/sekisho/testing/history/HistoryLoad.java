package sekisho.testing.history;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sekisho.http.session.Notice;
import sekisho.login.OperatorAct;
import sekisho.login.Outcome;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.TestUser;
import sekisho.testing.Until;

/**
 * Clients that attempt to log in, one attempt after the other on each connection, and remember what
 * they were told. They go on through 503, refused and broken connections. No attempt is ever sent
 * twice. May be stopped and started again.
 */
public final class HistoryLoad implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long PAUSE_NANOS = 4_000_000;
  private static final long PAUSE_AFTER_REFUSAL_NANOS = 10_000_000;
  private static final long PAUSE_BETWEEN_REPORTS_NANOS = 20_000_000;
  private static final long PAUSE_BETWEEN_ACTS_NANOS = 20_000_000;

  /** With the prefix of a service that is reached by HTTPS only. */
  private static final Pattern NOTICE = Pattern.compile("(?:__Host-)?sekisho_notice=([^;]*)");

  private final AttemptPlan plan;
  private final Queue<ClientAttempt> attempts = new ConcurrentLinkedQueue<>();
  private final LongAdder answered = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder cutOff = new LongAdder();
  private final Map<String, Integer> oddities = new TreeMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped = true;
  private final Queue<ClientAct> acts = new ConcurrentLinkedQueue<>();
  private Consumer<ReportRead> reader;
  private Predicate<OperatorAct> operator;

  /**
   * Makes a load that has not started.
   *
   * @param users whom to try; more than 12, better thousands, as they get locked
   * @param seed gives the same plan of attempts again
   */
  public HistoryLoad(List<TestUser> users, long seed) {
    this(users, seed, 0);
  }

  /**
   * @param network 0 to 15, another one for each of them
   */
  public HistoryLoad(List<TestUser> users, long seed, int network) {
    this.plan = new AttemptPlan(users, network, seed);
  }

  /**
   * Has reports read from each port for as long as the load runs, and given to somebody; 503 and
   * broken connections are none.
   */
  public HistoryLoad readingReports(Consumer<ReportRead> newReader) {
    reader = newReader;
    return this;
  }

  /**
   * Has somebody take acts for as long as the load runs, one after the other.
   *
   * @param newOperator takes one; false where it was not confirmed, and may be in force or not
   */
  public HistoryLoad withActs(Predicate<OperatorAct> newOperator) {
    operator = newOperator;
    return this;
  }

  /** Starts so many connections to each of these ports of 127.0.0.1. */
  public HistoryLoad start(int connections, int... ports) {
    if (!stopped) {
      throw new IllegalStateException("runs already");
    }
    stopped = false;
    for (int port : ports) {
      for (int i = 0; i < connections; i++) {
        start(() -> run(port));
      }
      if (reader != null) {
        start(() -> readReports(port, reader));
      }
    }
    if (operator != null) {
      start(() -> act(operator));
    }
    return this;
  }

  private void start(Runnable client) {
    Thread thread = new Thread(client, "load");
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
  }

  private void readReports(int port, Consumer<ReportRead> to) {
    while (!stopped) {
      try {
        ReportProbe.ask(port).ifPresent(to);
      } catch (UncheckedIOException e) {
        // The service is down, or hangs.
      } catch (AssertionError e) {
        odd(e.getMessage());
      }
      LockSupport.parkNanos(PAUSE_BETWEEN_REPORTS_NANOS);
    }
  }

  private void act(Predicate<OperatorAct> by) {
    while (!stopped) {
      OperatorAct act = plan.nextAct();
      long start = System.nanoTime();
      boolean confirmed = false;
      try {
        confirmed = by.test(act);
      } catch (UncheckedIOException e) {
        // The service is down, or hangs.
      } catch (AssertionError e) {
        odd(e.getMessage());
      }
      acts.add(
          new ClientAct(
              act.kind(),
              act.userId(),
              act.subject(),
              act.reason(),
              start,
              System.nanoTime(),
              confirmed));
      LockSupport.parkNanos(PAUSE_BETWEEN_ACTS_NANOS);
    }
  }

  /** Waits until so many more attempts were answered with an outcome; fails after a minute. */
  public void awaitAnswered(int more) {
    long goal = answered() + more;
    Until.isTrue(more + " more answers", PATIENCE, () -> answered() >= goal);
  }

  /** Stops the clients, and waits for the answers on their way. */
  public HistoryLoad stop() {
    stopped = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    threads.clear();
    return this;
  }

  @Override
  public void close() {
    stop();
  }

  /** Every attempt that has ended so far. */
  public List<ClientAttempt> attempts() {
    return List.copyOf(attempts);
  }

  /** Every act that has ended so far. */
  public List<ClientAct> acts() {
    return List.copyOf(acts);
  }

  /** How many attempts were answered with an outcome. */
  public long answered() {
    return answered.sum();
  }

  /** How many attempts were answered with 503. */
  public long refused() {
    return refused.sum();
  }

  /** How many attempts had no answer because the connection broke. */
  public long cutOff() {
    return cutOff.sum();
  }

  /** Answers that are neither an outcome nor 503, and how often each came; must be empty. */
  public synchronized Map<String, Integer> oddities() {
    return new TreeMap<>(oddities);
  }

  private void run(int port) {
    HttpProbe connection = null;
    while (!stopped) {
      if (connection == null) {
        connection = connect(port);
      }
      boolean well = connection != null && attempt(connection);
      if (connection != null && !well) {
        connection.close();
        connection = null;
      }
      LockSupport.parkNanos(well ? PAUSE_NANOS : PAUSE_AFTER_REFUSAL_NANOS);
    }
    if (connection != null) {
      connection.close();
    }
  }

  private static HttpProbe connect(int port) {
    try {
      return new HttpProbe(port);
    } catch (UncheckedIOException e) {
      return null;
    }
  }

  /** Makes one attempt; false if the connection is of no more use. */
  private boolean attempt(HttpProbe connection) {
    AttemptPlan.Planned planned = plan.next();
    long start = System.nanoTime();
    try {
      connection.send(request(planned));
      HttpReply reply = connection.receive();
      remember(planned, start, System.nanoTime(), outcome(reply));
      return !"close".equalsIgnoreCase(reply.header("connection"));
    } catch (UncheckedIOException e) {
      remember(planned, start, System.nanoTime(), Optional.empty());
      cutOff.increment();
      return false;
    }
  }

  private void remember(
      AttemptPlan.Planned planned, long start, long end, Optional<Outcome> answer) {
    attempts.add(
        new ClientAttempt(
            planned.login(),
            planned.userId(),
            planned.matches(),
            planned.address(),
            start,
            end,
            answer));
    if (answer.isPresent()) {
      answered.increment();
    }
  }

  private Optional<Outcome> outcome(HttpReply reply) {
    if (reply.status() == 302) {
      if ("/mypage".equals(reply.header("location"))) {
        return Optional.of(Outcome.SUCCESS);
      }
      for (String cookie : reply.headers("set-cookie")) {
        Matcher matcher = NOTICE.matcher(cookie);
        if (matcher.lookingAt()) {
          Notice notice = Notice.ofCode(matcher.group(1));
          return Optional.of(Outcome.valueOf(notice.name()));
        }
      }
    }
    if (reply.status() == 503) {
      refused.increment();
      LockSupport.parkNanos(PAUSE_AFTER_REFUSAL_NANOS);
    } else {
      odd(reply);
    }
    return Optional.empty();
  }

  private void odd(HttpReply reply) {
    odd(reply.statusLine() + " to " + reply.header("location"));
  }

  private synchronized void odd(String what) {
    oddities.merge(what, 1, Integer::sum);
  }

  private static String request(AttemptPlan.Planned planned) {
    String form =
        "login="
            + Browser.encoded(planned.login())
            + "&password="
            + Browser.encoded(planned.password());
    return "POST /login HTTP/1.1\r\nHost: sekisho.test\r\nX-Forwarded-For: "
        + planned.address()
        + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        + form.length()
        + "\r\n\r\n"
        + form;
  }
}
