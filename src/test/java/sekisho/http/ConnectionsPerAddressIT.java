package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import sekisho.testing.HttpProbe;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.Until;

/** How many connections an address may have. */
class ConnectionsPerAddressIT {

  private static final int LIMIT = 5;

  private static boolean isServed(HttpProbe connection) {
    return connection.trySend("GET / HTTP/1.1\r\nHost: sekisho.test\r\n\r\n")
        && !connection.isSilentFor(20_000)
        && connection.isAnswered();
  }

  private static boolean isServed(int port) {
    try (HttpProbe connection = new HttpProbe(port)) {
      return isServed(connection);
    }
  }

  @Nested
  class OfAStrangerIT {

    @RegisterExtension
    static final ServiceUnderTest SERVICE =
        ServiceUnderTest.with(
            "SEKISHO_HTTP_CONNECTIONS_PER_ADDRESS", "" + LIMIT, "SEKISHO_TRUSTED_PROXIES", "");

    @Test
    void areLimitedOverAllEventLoopsAndFreedWhenTheyEnd() {
      List<HttpProbe> open = new ArrayList<>();
      for (int i = 0; i < LIMIT; i++) {
        open.add(new HttpProbe(SERVICE.port()));
        assertThat(isServed(open.get(i))).isTrue();
      }
      assertThat(isServed(SERVICE.port())).isFalse();
      assertThat(isServed(SERVICE.port())).isFalse();
      assertThat(open).allMatch(ConnectionsPerAddressIT::isServed);
      open.get(0).close();
      Until.isTrue("there is room again", Duration.ofSeconds(20), () -> isServed(SERVICE.port()));
      open.forEach(HttpProbe::close);
      assertThat(
              HttpProbe.once(
                      SERVICE.managementPort(), "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .text())
          .containsPattern("sekisho_refused_total\\{reason=\"connections_per_address\"} [2-9]");
    }
  }

  @Nested
  class OfATrustedProxyIT {

    @RegisterExtension
    static final ServiceUnderTest SERVICE =
        ServiceUnderTest.with("SEKISHO_HTTP_CONNECTIONS_PER_ADDRESS", "1");

    @Test
    void areNotLimited() {
      List<HttpProbe> open = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        open.add(new HttpProbe(SERVICE.port()));
      }
      assertThat(open).allMatch(ConnectionsPerAddressIT::isServed);
      open.forEach(HttpProbe::close);
    }
  }
}
