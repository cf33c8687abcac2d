package sekisho.testing;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A client of a running service, for tests. Follows no redirect and keeps no cookie. Thread-safe.
 *
 * <p>Not the JDK's client: now and then, one request in tens of thousands on a busy machine, that
 * one ends a connection which it has just taken from its pool, and the request fails by no fault of
 * the service.
 */
public final class Client {

  /** No answer of the service may take longer. */
  private static final int LIMIT_SECONDS = 20;

  private static final HttpClient HTTP =
      Vertx.vertx(new VertxOptions().setUseDaemonThread(true).setEventLoopPoolSize(1))
          .httpClientBuilder()
          .with(new PoolOptions().setHttp1MaxSize(64))
          .build();

  private final int port;

  /** For the listener on that port of the loopback interface. */
  public Client(int port) {
    this.port = port;
  }

  /**
   * Posts an attempt.
   *
   * @param forwardedFor the client's address, as a proxy would name it
   * @throws IOException if there is none
   */
  public LoginAnswer login(String name, String password, String forwardedFor) throws IOException {
    Answer answer =
        send(
            HttpMethod.POST,
            "/login",
            Map.of(
                "Content-Type",
                "application/x-www-form-urlencoded",
                "X-Forwarded-For",
                forwardedFor),
            "login=" + encoded(name) + "&password=" + encoded(password));
    return new LoginAnswer(answer.status(), answer.location(), answer.cookie());
  }

  /** Gets a page that is there, with a cookie or null. */
  public String get(String path, String cookie) {
    try {
      Answer answer =
          send(HttpMethod.GET, path, cookie == null ? Map.of() : Map.of("Cookie", cookie), "");
      if (answer.status() != 200) {
        throw new IllegalStateException(path + ": " + answer.status() + " " + answer.body());
      }
      return answer.body();
    } catch (IOException e) {
      throw new IllegalStateException(path, e);
    }
  }

  /** The report as it is. */
  public String report() {
    return get("/report", null);
  }

  /** The status of an answer, 0 if there is none. */
  public int status(String method, String path) {
    try {
      return send(HttpMethod.valueOf(method), path, Map.of(), "").status();
    } catch (IOException e) {
      return 0;
    }
  }

  private Answer send(HttpMethod method, String path, Map<String, String> headers, String body)
      throws IOException {
    RequestOptions options =
        new RequestOptions().setHost("127.0.0.1").setPort(port).setMethod(method).setURI(path);
    headers.forEach(options::addHeader);
    try {
      // Nested, so that the body is waited for on the event loop, before it can come.
      return HTTP.request(options)
          .compose(
              request ->
                  request
                      .send(Buffer.buffer(body))
                      .compose(
                          response ->
                              response
                                  .body()
                                  .map(
                                      content ->
                                          new Answer(
                                              response.statusCode(),
                                              header(response.getHeader("Location")),
                                              header(response.getHeader("Set-Cookie"))
                                                  .replaceFirst(";.*", ""),
                                              content.toString()))))
          .await(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      // Whatever Vert.x says; it does so without declaring it.
      throw new IOException(method + " " + path + ": " + e, e);
    }
  }

  private static String header(String value) {
    return value == null ? "" : value;
  }

  /** What is read of an answer; what is not there is empty. */
  private record Answer(int status, String location, String cookie, String body) {}

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /**
   * The answer to an attempt.
   *
   * @param status the HTTP status
   * @param location where the client is sent, empty for nowhere
   * @param cookie name and value of the cookie that is set, empty for none
   */
  public record LoginAnswer(int status, String location, String cookie) {

    /** Whether the attempt succeeded. */
    public boolean isSuccess() {
      return status == 302 && location.equals("/mypage");
    }

    /** The code of the notice that is left waiting, such as {@code wrong}; empty for none. */
    public String notice() {
      return cookie.startsWith("sekisho_notice=")
          ? cookie.substring("sekisho_notice=".length())
          : "";
    }
  }
}
