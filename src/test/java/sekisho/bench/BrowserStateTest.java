package sekisho.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import sekisho.bench.client.AssetCache;
import sekisho.bench.client.CookieJar;
import sekisho.bench.client.Response;
import sekisho.bench.load.Problem;

/** Cookies and cached files. */
class BrowserStateTest {

  private final CookieJar cookies = new CookieJar();
  private final AssetCache cache = new AssetCache();

  private static Response response(int status, String... header) {
    MultiMap lines = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < header.length; i += 2) {
      lines.add(header[i], header[i + 1]);
    }
    return new Response(status, lines, Buffer.buffer());
  }

  private String asked(String path, String header) {
    MultiMap lines = cache.request(path, null).options().getHeaders();
    return lines == null ? null : lines.get(header);
  }

  @Test
  void keepsReplacesAndDeletesCookies() {
    assertThat(cookies.header()).isNull();
    cookies.store(List.of("a=1; Path=/; HttpOnly", "b=x=y"));
    assertThat(cookies.header()).isEqualTo("a=1; b=x=y");
    cookies.store(List.of("a=2", "b=; Max-Age=0", "nonsense"));
    assertThat(cookies.header()).isEqualTo("a=2");
    cookies.store(List.of("a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "c=3; Max-Age=3600"));
    assertThat(cookies.header()).isEqualTo("c=3");
  }

  @Test
  void doesNotAskForWhatIsFresh() {
    cache.store("/a.css", response(200, "Cache-Control", "public, max-age=60"));
    assertThat(cache.isFresh("/a.css")).isTrue();
    assertThat(cache.isFresh("/b.css")).isFalse();
  }

  @Test
  void asksConditionallyForWhatHasAValidator() {
    cache.store("/a.css", response(200, "ETag", "\"v1\"", "Last-Modified", "yesterday"));
    assertThat(cache.isFresh("/a.css")).isFalse();
    assertThat(asked("/a.css", "If-None-Match")).isEqualTo("\"v1\"");
    assertThat(asked("/a.css", "If-Modified-Since")).isEqualTo("yesterday");
    cache.store("/a.css", response(304));
    assertThat(asked("/a.css", "If-None-Match")).isEqualTo("\"v1\"");
  }

  @Test
  void keepsNothingThatMayNotBeKept() {
    cache.store("/a.css", response(200, "Cache-Control", "no-store", "ETag", "\"v1\""));
    assertThat(asked("/a.css", "If-None-Match")).isNull();
    cache.store("/b.css", response(200, "Cache-Control", "no-cache, max-age=60", "ETag", "\"v1\""));
    assertThat(cache.isFresh("/b.css")).isFalse();
    assertThat(asked("/b.css", "If-None-Match")).isEqualTo("\"v1\"");
  }

  @Test
  void reportsWhatIsNotServed() {
    assertThatThrownBy(() -> cache.store("/a.css", response(404))).isInstanceOf(Problem.class);
    assertThatThrownBy(() -> cache.store("/a.css", response(304))).isInstanceOf(Problem.class);
  }

  @Test
  void readsRedirects() {
    assertThat(response(302, "Location", "/mypage").locationPath()).isEqualTo("/mypage");
    Response absolute = response(302, "Location", "http://127.0.0.1:8080/?err=locked");
    assertThat(absolute.locationTarget()).isEqualTo("/?err=locked");
    assertThat(absolute.locationPath()).isEqualTo("/");
    assertThat(response(302).locationPath()).isNull();
    assertThat(response(302, "Location", "::").locationPath()).isNull();
  }
}
