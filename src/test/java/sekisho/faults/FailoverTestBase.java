package sekisho.faults;

import java.time.Duration;
import sekisho.dev.server.Endpoints;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.TestServers;

/** For tests in which another Redis takes over under load on two instances. */
abstract class FailoverTestBase extends FaultTestBase {

  static final int CLIENTS = 12;

  private static ServiceHome otherHome;
  private static ServiceProcess other;

  /** Starts two instances on a Redis that is reached by this URL, and a MySQL. */
  static Endpoints start(String redisUrl) {
    TestServers servers = TestServers.start();
    Endpoints endpoints = new Endpoints(redisUrl, servers.endpoints().mysqlUrl());
    stage = FaultStage.set(servers, endpoints);
    home = stage.home().with("SEKISHO_FLUSH_THRESHOLD", "2000");
    otherHome =
        stage.home().with("SEKISHO_FLUSH_THRESHOLD", "2000").with("SEKISHO_HTTP_EVENT_LOOPS", "2");
    service = home.startReady("serve");
    other = otherHome.startReady("serve");
    return endpoints;
  }

  /** Starts the load on both, and waits for a random moment. */
  static void load(Repetition repetition) {
    service.awaitReady();
    other.awaitReady();
    stage.load().start(CLIENTS, home.port(), otherHome.port());
    stage.load().awaitAnswered(300);
    repetition.awaitMoment(Duration.ofMillis(1200));
  }

  /**
   * Waits until both serve again, and tells how long that took; the other Redis has been found.
   *
   * @param begun when the fault began, by {@link System#nanoTime}
   */
  static void awaitServed(String when, long begun) {
    double found = seconds(begun);
    service.awaitReady();
    other.awaitReady();
    stage.load().awaitAnswered(300);
    double answered = seconds(begun);
    stage.report(home);
    stage.report(otherHome);
    System.out.printf(
        "%s: another primary after %.1f s, 300 answers after %.1f s, reports after %.1f s%n",
        when, found, answered, seconds(begun));
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
