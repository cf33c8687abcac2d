package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceUnderTest;

/** Which address an attempt counts for, and who may read the report (SPEC.md, section 3). */
class ClientAddressIT {

  private static String loginRequest(String... headers) {
    String form = "login=nobody&password=x";
    return "POST /login HTTP/1.1\r\nHost: sekisho.test\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        + "Content-Length: "
        + form.length()
        + "\r\n"
        + String.join("", headers)
        + "\r\n"
        + form;
  }

  private static String reportRequest(String... headers) {
    return "GET /report HTTP/1.1\r\nHost: sekisho.test\r\n" + String.join("", headers) + "\r\n";
  }

  /** The address that the newest attempt was logged with. */
  private static String logged(ServiceUnderTest service) {
    service.report();
    return service.sql().query("SELECT ip FROM login_log ORDER BY id DESC LIMIT 1").get(0);
  }

  @Nested
  class BehindTrustedProxiesIT {

    @RegisterExtension
    static final ServiceUnderTest SERVICE =
        ServiceUnderTest.with(
            "SEKISHO_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8, 2001:db8:ffff::/48");

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "192.0.2.1                                  | 192.0.2.1",
          "203.0.113.9, 192.0.2.1                     | 192.0.2.1",
          "unknown, 192.0.2.1, 10.1.2.3               | 192.0.2.1",
          "10.0.0.1, 10.0.0.2                         | 10.0.0.1",
          "127.0.0.1                                  | 127.0.0.1",
          "::ffff:192.0.2.7                           | 192.0.2.7",
          "2001:DB8:0:0:8:800:200C:417A               | 2001:db8::/64",
          "2001:db8:0:1:1:1:1:1                       | 2001:db8:0:1::/64",
          "0:0:0:0:0:0:0:1                            | ::1",
          "[2001:db8::1]                              | 2001:db8::/64",
          "203.0.113.9, [2001:DB8:0:1::1]:443         | 2001:db8:0:1::/64",
          "192.0.2.1:4711, [::ffff:10.0.0.5]          | 192.0.2.1",
          "192.0.2.1, unix:                           | 192.0.2.1",
          "192.0.2.1, unix:, 10.0.0.5, unix:          | 192.0.2.1",
          "unix:, 10.0.0.5, unix:                     | 10.0.0.5",
          "unix:                                      | 127.0.0.1",
          "192.0.2.9, 2001:db8:ffff::5, ::ffff:10.2.3.4 | 192.0.2.9"
        })
    void theClientIsTheFirstFromTheRightThatIsNoProxyInCanonicalForm(
        String forwardedFor, String client) {
      assertThat(
              HttpProbe.once(
                      SERVICE.port(), loginRequest("X-Forwarded-For: " + forwardedFor + "\r\n"))
                  .status())
          .isEqualTo(302);
      assertThat(logged(SERVICE)).isEqualTo(client);
    }

    @Test
    void allHeaderLinesCountInAnyCase() {
      HttpProbe.once(
          SERVICE.port(),
          loginRequest(
              "X-Forwarded-For: 192.0.2.1\r\n", "x-forwarded-for: 192.0.2.2, 10.0.0.1\r\n"));
      assertThat(logged(SERVICE)).isEqualTo("192.0.2.2");
    }

    @Test
    void withoutTheHeaderItIsThePeer() {
      HttpProbe.once(
          SERVICE.port(), loginRequest("Forwarded: for=192.0.2.1\r\n", "X-Real-IP: 192.0.2.1\r\n"));
      assertThat(logged(SERVICE)).isEqualTo("127.0.0.1");
    }

    @Test
    void theReportListsCanonicalAddressesSorted() {
      for (String spelling : List.of("2001:DB8::00a1", "::ffff:203.0.113.5", "203.0.113.10")) {
        for (int i = 0; i < 10; i++) {
          HttpProbe.once(SERVICE.port(), loginRequest("X-Forwarded-For: " + spelling + "\r\n"));
        }
      }
      assertThat(SERVICE.reported("banned_ips"))
          .containsSubsequence("2001:db8::/64", "203.0.113.10", "203.0.113.5")
          .isSorted();
    }

    @Test
    void forwardedDoesNotCountBesideTheHeaderThatDoes() {
      HttpProbe.once(
          SERVICE.port(),
          loginRequest(
              "Forwarded: for=203.0.113.66\r\n",
              "X-Forwarded-For: 192.0.2.11\r\n",
              "Forwarded: for=203.0.113.67;by=192.0.2.11\r\n"));
      assertThat(logged(SERVICE)).isEqualTo("192.0.2.11");
    }

    @Test
    void aLongChainOfProxiesIsWalkedToItsEnd() {
      String chain = "192.0.2.12" + ", 10.1.2.3".repeat(700);
      HttpProbe.once(SERVICE.port(), loginRequest("X-Forwarded-For: " + chain + "\r\n"));
      assertThat(logged(SERVICE)).isEqualTo("192.0.2.12");
      assertThat(
              HttpProbe.once(
                      SERVICE.port(),
                      loginRequest("X-Forwarded-For: " + chain + ", 10.1.2.3".repeat(300) + "\r\n"))
                  .status())
          .as("longer than headers may be")
          .isEqualTo(431);
    }

    @Test
    void theWholePrefixOfAnIpv6ClientIsBannedAndNoOther() {
      for (int i = 0; i < 10; i++) {
        HttpProbe.once(
            SERVICE.port(), loginRequest("X-Forwarded-For: 2001:db8:77:1::" + i + "\r\n"));
      }
      assertThat(attemptFrom("2001:db8:77:1:ffff:ffff:ffff:ffff"))
          .startsWith("sekisho_notice=banned;");
      assertThat(attemptFrom("2001:db8:77:2::")).startsWith("sekisho_notice=wrong;");
      assertThat(SERVICE.reported("banned_ips"))
          .contains("2001:db8:77:1::/64")
          .doesNotContain("2001:db8:77:2::/64");
      assertThat(
              SERVICE
                  .redis()
                  .send(
                      "HGET",
                      SERVICE.settings().redis().keyPrefix() + "failures:address",
                      "2001:db8:77:1::/64")
                  .toInteger())
          .isEqualTo(11);
      assertThat(SERVICE.verify()).isEmpty();
    }

    private static String attemptFrom(String address) {
      return HttpProbe.once(SERVICE.port(), loginRequest("X-Forwarded-For: " + address + "\r\n"))
          .header("set-cookie");
    }

    @Test
    void theReportIsForTheMachineItselfUnlessAllowedOtherwise() {
      for (String client :
          List.of("192.0.2.1", "10.0.0.1", "2001:db8::1", "128.0.0.1", "126.255.255.255", "::2")) {
        HttpReply reply =
            HttpProbe.once(SERVICE.port(), reportRequest("X-Forwarded-For: " + client + "\r\n"));
        assertThat(reply.status()).as(client).isEqualTo(403);
        assertThat(reply.text()).doesNotContain("banned_ips");
        assertThat(reply.header("content-type")).isEqualTo("application/json");
        assertThat(reply.json().get("error").textValue())
            .isEqualTo("this address may not read the report");
        assertThat(
                HttpProbe.once(
                        SERVICE.port(),
                        reportRequest("X-Forwarded-For: " + client + "\r\n").replace("GET", "HEAD"))
                    .status())
            .isEqualTo(403);
      }
      for (String client : List.of("127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1")) {
        assertThat(
                HttpProbe.once(SERVICE.port(), reportRequest("X-Forwarded-For: " + client + "\r\n"))
                    .status())
            .as(client)
            .isEqualTo(200);
      }
    }
  }

  @Nested
  class WithoutProxiesIT {

    @RegisterExtension
    static final ServiceUnderTest SERVICE =
        ServiceUnderTest.with(
            "SEKISHO_TRUSTED_PROXIES", "10.0.0.0/8, ::1", "SEKISHO_REPORT_ALLOW", "127.0.0.1");

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "10.0.0.1", "unknown", "", "192.0.2.1, 10.0.0.1"})
    void whatAnUntrustedPeerClaimsIsIgnored(String forwardedFor) {
      assertThat(
              HttpProbe.once(
                      SERVICE.port(), loginRequest("X-Forwarded-For: " + forwardedFor + "\r\n"))
                  .status())
          .isEqualTo(302);
      assertThat(logged(SERVICE)).isEqualTo("127.0.0.1");
      assertThat(
              HttpProbe.once(
                      SERVICE.port(), reportRequest("X-Forwarded-For: " + forwardedFor + "\r\n"))
                  .status())
          .isEqualTo(200);
    }
  }

  @Nested
  class WithOtherReadersIT {

    @RegisterExtension
    static final ServiceUnderTest SERVICE =
        ServiceUnderTest.with("SEKISHO_REPORT_ALLOW", "192.0.2.0/24, 2001:db8::/32");

    @ParameterizedTest
    @CsvSource({
      "192.0.2.77,200",
      "2001:db8:1::1,200",
      "::ffff:192.0.2.77,200",
      "192.0.3.1,403",
      "127.0.0.1,403",
      "::1,403"
    })
    void theReportIsForThoseWhoAreAllowed(String client, int status) {
      assertThat(
              HttpProbe.once(SERVICE.port(), reportRequest("X-Forwarded-For: " + client + "\r\n"))
                  .status())
          .isEqualTo(status);
    }
  }

  @Nested
  class CountedByFullAddressesIT {

    @RegisterExtension
    static final ServiceUnderTest SERVICE = ServiceUnderTest.with("SEKISHO_IP_IPV6_PREFIX", "128");

    @Test
    void anIpv6ClientIsItsAddress() {
      HttpProbe.once(
          SERVICE.port(), loginRequest("X-Forwarded-For: 2001:DB8:0:0:8:800:200C:417A\r\n"));
      assertThat(logged(SERVICE)).isEqualTo("2001:db8::8:800:200c:417a");
    }
  }

  @Nested
  class OverIpv6IT {

    /** Some machines have no IPv6. */
    static final class HasIpv6 implements ExecutionCondition {

      @Override
      public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
          return ConditionEvaluationResult.enabled("bound " + socket.getLocalSocketAddress());
        } catch (IOException e) {
          return ConditionEvaluationResult.disabled("no IPv6: " + e.getMessage());
        }
      }
    }

    @RegisterExtension static final HasIpv6 CONDITION = new HasIpv6();

    @RegisterExtension
    static final ServiceUnderTest SERVICE =
        ServiceUnderTest.with("SEKISHO_HTTP_HOST", "::1", "SEKISHO_TRUSTED_PROXIES", "");

    @Test
    void thePeersAddressIsCanonicalAndMayReadTheReport() {
      try (HttpProbe connection = new HttpProbe("::1", SERVICE.port())) {
        connection.send(loginRequest("X-Forwarded-For: 192.0.2.1\r\n"));
        assertThat(connection.receive().status()).isEqualTo(302);
        connection.send(reportRequest());
        assertThat(connection.receive().status()).isEqualTo(200);
      }
      assertThat(SERVICE.sql().query("SELECT ip FROM login_log")).containsExactly("::1");
    }
  }
}
