package sekisho.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that post attempts without a pause until they are stopped. Each attempt has a name that
 * no user has, of its own, and an address of its own, so that it can be found in the log and nobody
 * is banned.
 */
public final class LoginLoad {

  private static final AtomicInteger RUNS = new AtomicInteger();

  private final String prefix = "load" + RUNS.incrementAndGet() + "-";
  private final AtomicInteger attempts = new AtomicInteger();
  private final Queue<String> answered = new ConcurrentLinkedQueue<>();
  private final Set<String> others = new TreeSet<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  private LoginLoad() {}

  /** Starts it against these services, with two clients for each. */
  public static LoginLoad on(Client... services) {
    LoginLoad load = new LoginLoad();
    for (Client service : services) {
      for (int i = 0; i < 2; i++) {
        Thread thread = new Thread(() -> load.post(service), "load");
        thread.start();
        load.threads.add(thread);
      }
    }
    return load;
  }

  /** Waits until so many more attempts were answered with an outcome. */
  public void awaitAnswered(int more) {
    int goal = answered.size() + more;
    Until.isTrue(more + " more answers", Duration.ofSeconds(60), () -> answered.size() >= goal);
  }

  /** Stops the clients and waits for the answers on their way. */
  public void stop() {
    stopped = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The names of the attempts that were answered with an outcome. */
  public List<String> answered() {
    return List.copyOf(answered);
  }

  /** What all names begin with. */
  public String prefix() {
    return prefix;
  }

  /** Every other answer that there was, such as {@code 503}, and each kind of failure. */
  public synchronized Set<String> otherAnswers() {
    return new TreeSet<>(others);
  }

  private void post(Client service) {
    while (!stopped) {
      int number = attempts.incrementAndGet();
      String name = prefix + number;
      String address =
          "10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255);
      try {
        Client.LoginAnswer answer = service.login(name, "guess", address);
        if (answer.status() == 302) {
          answered.add(name);
        } else {
          other(Integer.toString(answer.status()));
        }
      } catch (IOException e) {
        other(e.toString());
      }
    }
  }

  private synchronized void other(String answer) {
    others.add(answer);
  }
}
