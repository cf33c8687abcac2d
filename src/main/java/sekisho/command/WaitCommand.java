package sekisho.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sekisho.app.Settings;
import sekisho.app.SettingsLoader;
import sekisho.app.StartException;
import sekisho.net.HostPort;

/** {@code sekisho wait}: waits until the service is ready. */
@Command(
    name = "wait",
    mixinStandardHelpOptions = true,
    description =
        "Wait until the service that has these settings accepts logins, by asking its management port; say so, or why not.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:it is ready", "1:it was not ready in time"})
public final class WaitCommand implements Callable<Integer> {

  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final int LONGEST_ANSWER_MILLIS = 2_000;

  /** Who asks once wants an answer, even of a machine that is busy. */
  private static final int LEAST_ANSWER_MILLIS = 1_000;

  private static final int MOST_SECONDS = 86_400;

  @Parameters(
      paramLabel = "SECONDS",
      arity = "0..1",
      defaultValue = "60",
      description = "How long to wait at most, 0 to ask once (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (seconds < 0 || seconds > MOST_SECONDS) {
      throw new ParameterException(
          spec.commandLine(), "SECONDS must be from 0 to " + MOST_SECONDS + ", not " + seconds);
    }
    Settings.Management management = SettingsLoader.load(System.getenv()).management();
    if (management.port() == 0) {
      throw new StartException(
          "wait asks the management port, which sekisho.management.port leaves to chance: set it");
    }
    String url =
        "http://" + HostPort.text(reachable(management.host()), management.port()) + "/readyz";
    long deadline = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    Optional<String> problem = ask(url, deadline);
    while (problem.isPresent() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(PAUSE.toNanos());
      problem = ask(url, deadline);
    }
    if (problem.isPresent()) {
      throw new StartException(
          "the service is not ready after " + seconds + " s (" + url + "): " + problem.get());
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("Ready: " + url);
    out.flush();
    return 0;
  }

  /** The listener on all addresses is on the loopback address too. */
  private static String reachable(String host) throws IOException {
    InetAddress address = InetAddress.getByName(host);
    return address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress().getHostAddress() : host;
  }

  /** Why the service is not ready; empty when it is. */
  private static Optional<String> ask(String url, long deadline) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(url).toURL().openConnection(Proxy.NO_PROXY);
      int limit =
          (int)
              Math.min(
                  LONGEST_ANSWER_MILLIS,
                  Math.max(LEAST_ANSWER_MILLIS, (deadline - System.nanoTime()) / 1_000_000));
      connection.setConnectTimeout(limit);
      connection.setReadTimeout(limit);
      int status = connection.getResponseCode();
      try (InputStream body =
          status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
        return status == 200 ? Optional.empty() : Optional.of(reason(status, body));
      }
    } catch (ConnectException e) {
      return Optional.of("nothing listens there");
    } catch (SocketTimeoutException e) {
      return Optional.of("no answer");
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static String reason(int status, InputStream body) throws IOException {
    try {
      JsonNode answer =
          new ObjectMapper().readTree(body == null ? InputStream.nullInputStream() : body);
      for (String field : new String[] {"reason", "status"}) {
        if (answer.hasNonNull(field)) {
          return answer.get(field).asText();
        }
      }
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      // Something else listens there.
    }
    return "it answers " + status;
  }
}
