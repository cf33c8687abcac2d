package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.lang.reflect.Proxy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormOriginTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "-", value = {
      // Sec-Fetch-Site | Origin                 | Host                | X-Forwarded-Host        | refused
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
  void refusesOtherSitesAndNobodyElse(String site, String origin, String host, String forwarded, boolean refused) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    add(headers, "Sec-Fetch-Site", site);
    add(headers, "Origin", origin);
    add(headers, "Host", host);
    add(headers, "X-Forwarded-Host", forwarded);
    HttpServerRequest request = (HttpServerRequest) Proxy.newProxyInstance(getClass().getClassLoader(),
        new Class<?>[] {HttpServerRequest.class},
        (proxy, method, arguments) -> headers.get(arguments[0].toString()));

    int status = 0;
    try {
      FormOrigin.require(request);
    } catch (BadRequestException e) {
      status = e.status();
    }
    assertThat(status).isEqualTo(refused ? 403 : 0);
  }

  private static void add(MultiMap headers, String name, String value) {
    if (value != null) {
      headers.add(name, value);
    }
  }
}
