package sekisho.http.connection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import sekisho.http.connection.OpenConnection.Activity;

/**
 * Chooses the connections that give way to new ones when as many are open as may be. It looks at
 * all of them, which costs nothing where requests are answered, and little here, since it does so
 * for a share of the time only. Lives on the listener's thread.
 */
final class Eviction {

  /** Client and service may both have taken a shorter pause for the next request. */
  private static final int MIN_IDLE_TICKS = 2;

  private static final int MIN_STALLED_TICKS = 4;

  /** A connection without a guard waits for a PROXY header, or was accepted this very moment. */
  private static final int MIN_UNGUARDED_TICKS = 1;

  /** A tenth of the thread's time. */
  private static final int SHARE = 10;

  /**
   * Ticks of two event loops do not begin at once; those that were never used are in the order of
   * their acceptance anyway.
   */
  private static final Comparator<Candidate> FIRST_TO_GO =
      Comparator.comparing(Candidate::activity)
          .thenComparingInt(
              candidate -> candidate.activity() == Activity.UNUSED ? 0 : -candidate.age())
          .thenComparingLong(candidate -> candidate.connection().number());

  private final Set<OpenConnection> connections;
  private final Consumer<OpenConnection> giveWay;
  private final AtomicInteger underWay = new AtomicInteger();
  private long nextScan = System.nanoTime();

  /**
   * Connections that were idle when they were looked at, but not for long enough, or only just
   * accepted.
   */
  private int young;

  /** A connection as it was when it was looked at. */
  private record Candidate(OpenConnection connection, Activity activity, int age) {

    boolean mayGo() {
      return switch (activity) {
        case BUSY -> false;
        case STALLED -> age >= MIN_STALLED_TICKS;
        case IDLE -> age >= MIN_IDLE_TICKS;
        default -> connection.isGuarded() || age >= MIN_UNGUARDED_TICKS;
      };
    }
  }

  /**
   * @param connections all that are open; others may change it
   */
  Eviction(Set<OpenConnection> connections, Consumer<OpenConnection> giveWay) {
    this.connections = connections;
    this.giveWay = giveWay;
  }

  /**
   * Asks connections to give way, which they do soon, each on its event loop.
   *
   * @param wanted how many places are needed
   * @return how many of them there may be soon: with connections that are idle, but not for long
   *     enough; all, as far as is known, when it is not yet time to look again
   */
  int request(int wanted) {
    long now = System.nanoTime();
    if (now - nextScan < 0) {
      return wanted;
    }
    int promised = underWay.get();
    young = 0;
    if (promised < wanted) {
      for (Candidate candidate : firstToGo(wanted - promised)) {
        promised++;
        underWay.incrementAndGet();
        candidate
            .connection()
            .channel()
            .eventLoop()
            .execute(
                () -> {
                  giveWay.accept(candidate.connection());
                  underWay.decrementAndGet();
                });
      }
      nextScan = System.nanoTime() + (System.nanoTime() - now) * (SHARE - 1);
    }
    return promised + young;
  }

  private List<Candidate> firstToGo(int count) {
    PriorityQueue<Candidate> chosen = new PriorityQueue<>(FIRST_TO_GO.reversed());
    for (OpenConnection connection : connections) {
      Candidate candidate = new Candidate(connection, connection.activity(), connection.age());
      if (candidate.mayGo() && connection.channel().isRegistered()) {
        if (chosen.size() < count) {
          chosen.add(candidate);
        } else if (FIRST_TO_GO.compare(candidate, chosen.peek()) < 0) {
          chosen.poll();
          chosen.add(candidate);
        }
      } else if (candidate.activity() == Activity.IDLE || !connection.isGuarded()) {
        young++;
      }
    }
    return new ArrayList<>(chosen);
  }
}
