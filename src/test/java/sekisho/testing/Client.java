package sekisho.testing;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client of a running service, for tests. Follows no redirect and keeps no cookie. Thread-safe. */
public final class Client {

  /** No answer of the service may take longer. */
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final int port;

  /** For the listener on that port of the loopback interface. */
  public Client(int port) {
    this.port = port;
  }

  /**
   * Posts an attempt.
   *
   * @param forwardedFor the client's address, as a proxy would name it
   * @return the answer
   * @throws IOException if there is none
   */
  public LoginAnswer login(String name, String password, String forwardedFor) throws IOException {
    HttpResponse<String> response = send(request("/login")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("X-Forwarded-For", forwardedFor)
        .POST(BodyPublishers.ofString("login=" + encoded(name) + "&password=" + encoded(password))).build());
    return new LoginAnswer(response.statusCode(), response.headers().firstValue("Location").orElse(""),
        response.headers().firstValue("Set-Cookie").map(cookie -> cookie.replaceFirst(";.*", "")).orElse(""));
  }

  /** Gets a page that is there, with a cookie or null. */
  public String get(String path, String cookie) {
    try {
      HttpRequest.Builder request = request(path);
      if (cookie != null) {
        request.header("Cookie", cookie);
      }
      HttpResponse<String> response = send(request.build());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(path + ": " + response.statusCode() + " " + response.body());
      }
      return response.body();
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
      return send(request(path).method(method, BodyPublishers.noBody()).build()).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(LIMIT);
  }

  private static HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return HTTP.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

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
      return cookie.startsWith("sekisho_notice=") ? cookie.substring("sekisho_notice=".length()) : "";
    }
  }
}
