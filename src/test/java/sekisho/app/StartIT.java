package sekisho.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import sekisho.testing.HttpProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.SmallStores;
import sekisho.testing.TestServers;

/** A proxy sends requests as soon as somebody listens. */
class StartIT {

  private static final int CLIENTS = 8;
  private static final String FORM = "login=nobody&password=x";

  @RepeatedTest(3)
  void whoeverIsLetInGetsAnOutcome() throws InterruptedException {
    try (ServiceHome home =
        new ServiceHome()
            .with(SmallStores.withUsers(TestServers.shared(), 1))
            .with("SEKISHO_HTTP_EVENT_LOOPS", "2")) {
      AtomicBoolean ended = new AtomicBoolean();
      Map<Integer, Integer> answers = new TreeMap<>();
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        String address = "203.0.113." + i;
        Thread client = new Thread(() -> attempt(home.port(), address, answers, ended));
        client.start();
        clients.add(client);
      }
      ServiceProcess service = home.startReady("serve");
      assertThat(service.client().status("GET", "/")).isEqualTo(200);
      ended.set(true);
      for (Thread client : clients) {
        client.join();
      }
      assertThat(answers.keySet()).as("answers: " + answers).containsExactly(302);
    }
  }

  private static void attempt(
      int port, String address, Map<Integer, Integer> answers, AtomicBoolean ended) {
    while (!ended.get()) {
      try {
        int status =
            HttpProbe.once(
                    port,
                    "POST /login HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: "
                        + address
                        + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                        + FORM.length()
                        + "\r\n\r\n"
                        + FORM)
                .status();
        synchronized (answers) {
          answers.merge(status, 1, Integer::sum);
        }
      } catch (UncheckedIOException e) {
        // Nobody listens yet.
      }
    }
  }
}
