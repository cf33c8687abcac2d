package sekisho.http.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import sekisho.metrics.Refusal;

class FormOriginTest {

  private final AtomicLong nextWarning = new AtomicLong(System.nanoTime());
  private final FormOrigin checked = new FormOrigin(nextWarning);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // Sec-Fetch-Site | Origin                 | Host                | X-Forwarded-Host        |
        // refused
        "-                | -                      | bank.test           | -                       | false",
        "-                | -                      | -                   | -                       | false",
        // Browsers that say it outright: nothing else counts.
        "same-origin      | -                      | bank.test           | -                       | false",
        "same-origin      | https://bank.test      | 127.0.0.1:8080      | -                       | false",
        "none             | -                      | bank.test           | -                       | false",
        "none             | null                   | bank.test           | -                       | false",
        "cross-site       | -                      | bank.test           | -                       | true",
        "cross-site       | https://bank.test      | bank.test           | -                       | true",
        "same-site        | https://www.bank.test  | bank.test           | -                       | true",
        "same-site        | -                      | bank.test           | -                       | true",
        "''               | -                      | bank.test           | -                       | true",
        "Same-Origin      | -                      | bank.test           | -                       | true",
        "something-new    | -                      | bank.test           | -                       | true",
        // Browsers that say it by the origin alone, with and without a proxy that ends TLS.
        "-                | http://bank.test       | bank.test           | -                       | false",
        "-                | https://bank.test      | bank.test           | -                       | false",
        "-                | https://bank.test      | bank.test:443       | -                       | false",
        "-                | http://bank.test       | bank.test:80        | -                       | false",
        "-                | HTTPS://BANK.test      | Bank.Test           | -                       | false",
        "-                | http://127.0.0.1:8080  | 127.0.0.1:8080      | -                       | false",
        "-                | http://[::1]:8080      | [::1]:8080          | -                       | false",
        "-                | https://bank.test:8443 | bank.test:8443      | -                       | false",
        "-                | https://bank.test      | 127.0.0.1:8080      | bank.test               | false",
        "-                | https://bank.test      | 127.0.0.1:8080      | bank.test, proxy.test   | false",
        "-                | https://evil.test      | bank.test           | -                       | true",
        "-                | http://bank.test:8081  | bank.test           | -                       | true",
        "-                | http://bank.test       | bank.test:8080      | -                       | true",
        "-                | https://bank.test      | bank.test:80        | -                       | true",
        "-                | http://bank.test       | bank.test:443       | -                       | true",
        "-                | https://bank.test.evil | bank.test           | -                       | true",
        "-                | https://evilbank.test  | bank.test           | -                       | true",
        "-                | https://www.bank.test  | bank.test           | -                       | true",
        "-                | https://evil.test      | 127.0.0.1:8080      | bank.test               | true",
        "-                | https://proxy.test     | 127.0.0.1:8080      | bank.test, proxy.test   | true",
        "-                | null                   | bank.test           | -                       | true",
        "-                | null                   | null                | -                       | true",
        "-                | ''                     | bank.test           | -                       | true",
        "-                | ''                     | ''                  | ''                      | true",
        "-                | bank.test              | bank.test           | -                       | true",
        "-                | http://bank.test       | -                   | -                       | true",
        "-                | ://                    | bank.test           | -                       | true",
      })
  void refusesOtherSitesAndNobodyElse(
      String site, String origin, String host, String forwarded, boolean refused) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    add(headers, "Sec-Fetch-Site", site);
    add(headers, "Origin", origin);
    add(headers, "Host", host);
    add(headers, "X-Forwarded-Host", forwarded);
    int status = 0;
    try {
      checked.require(request(headers));
    } catch (BadRequestException e) {
      status = e.status();
    }
    assertThat(status).isEqualTo(refused ? 403 : 0);
  }

  @Test
  void whatIsRefusedIsCountedByWhoSaysSo() {
    assertThat(refusal("cross-site", "https://bank.test", "bank.test").reason())
        .isEqualTo(Refusal.CROSS_SITE);
    assertThat(refusal(null, "https://evil.test", "bank.test").reason())
        .isEqualTo(Refusal.FORM_ORIGIN);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "http://login.example,        127.0.0.1:8680, true",
        "https://login.example:8443,  sekisho_backend, true",
        "http://[2001:db8::1],        localhost, true",
        "null,                        127.0.0.1:8680, false",
        "'',                          127.0.0.1:8680, false",
        "-,                           127.0.0.1:8680, false",
        "http://login.example,        -, false",
        "ftp://login.example,         127.0.0.1:8680, false",
        "http://a b,                  127.0.0.1:8680, false",
        "http://login.example/\u001b[31m, 127.0.0.1:8680, false",
        "http://127.0.0.1:8680,       127.0.0.1:8680, false",
      })
  void theLogAsksWhetherTheProxyPassesHost(String origin, String host, boolean asked) {
    assertThat(logged(() -> refusal(null, origin, host)))
        .hasSize(asked ? 1 : 0)
        .allMatch(
            line ->
                line.startsWith(
                    "a form came from "
                        + origin
                        + ", but Host was "
                        + host
                        + ": does the proxy pass Host?"));
  }

  @Test
  void theLogAsksOnceInAWhileAndShowsNothingLong() {
    assertThat(
            logged(
                () -> {
                  refusal(null, "http://" + "a".repeat(300), "bank.test");
                  refusal(null, "http://login.example", "b".repeat(300));
                  refusal(null, "http://login.example", "bank.test");
                  refusal(null, "http://login.example", "bank.test");
                }))
        .hasSize(1);
    assertThat(nextWarning.get() - System.nanoTime()).isPositive();
  }

  private BadRequestException refusal(String site, String origin, String host) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    add(headers, "Sec-Fetch-Site", site);
    add(headers, "Origin", origin);
    add(headers, "Host", host);
    return catchThrowableOfType(BadRequestException.class, () -> checked.require(request(headers)));
  }

  private static List<String> logged(Runnable work) {
    Logger logger = (Logger) LoggerFactory.getLogger(FormOrigin.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.setLevel(Level.WARN);
    logger.setAdditive(false);
    logger.addAppender(appender);
    try {
      work.run();
    } finally {
      logger.detachAppender(appender);
      logger.setLevel(null);
      logger.setAdditive(true);
    }
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private HttpServerRequest request(MultiMap headers) {
    return (HttpServerRequest)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {HttpServerRequest.class},
            (proxy, method, arguments) -> headers.get(arguments[0].toString()));
  }

  private static void add(MultiMap headers, String name, String value) {
    if (value != null) {
      headers.add(name, value);
    }
  }
}
