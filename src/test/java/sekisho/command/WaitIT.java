package sekisho.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceHome.Finished;
import sekisho.testing.ServiceProcess;
import sekisho.testing.SmallStores;
import sekisho.testing.TestServers;

class WaitIT {

  private final ServiceHome home = new ServiceHome();

  @AfterEach
  void closeHome() {
    home.close();
  }

  @Test
  void returnsAsSoonAsTheServiceIsReady() throws IOException {
    ServiceProcess wait = home.start("wait");
    home.with(SmallStores.withUsers(TestServers.shared(), 1));
    ServiceProcess service = home.start("serve");
    assertThat(wait.awaitEnd().status()).isZero();
    assertThat(service.client().login("user1", "password1", "192.0.2.1").isSuccess()).isTrue();
  }

  @Test
  void saysWhyTheServiceIsNotReady() throws IOException {
    HttpServer management =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), home.managementPort()), 1);
    management.createContext(
        "/readyz",
        exchange -> {
          byte[] body =
              "{\"status\":\"no\",\"reason\":\"Redis: nothing listens there\"}"
                  .getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(503, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    management.start();
    Finished end = home.with("SEKISHO_MANAGEMENT_HOST", "0.0.0.0").run("wait", "0");
    management.stop(0);
    assertThat(end.status()).isEqualTo(1);
    assertThat(end.err())
        .isEqualTo(
            "sekisho: the service is not ready after 0 s (http://127.0.0.1:"
                + home.managementPort()
                + "/readyz): Redis: nothing listens there\n");
  }
}
