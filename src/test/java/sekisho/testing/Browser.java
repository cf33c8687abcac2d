package sekisho.testing;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import sekisho.login.Outcome;

/**
 * Behaves like a browser behind a proxy: keeps cookies and one connection, and comes from an
 * address of its own. Does not follow redirects. Not thread-safe.
 */
public final class Browser implements AutoCloseable {

  private final HttpProbe connection;
  private final Map<String, String> cookies = new LinkedHashMap<>();
  private String address;

  /**
   * Connects.
   *
   * @param port where the service listens on 127.0.0.1
   * @param address what the proxy says of the browser's address; null for a browser without a proxy
   */
  public Browser(int port, String address) {
    this.connection = new HttpProbe(port);
    this.address = address;
  }

  /** Moves to another address. */
  public Browser from(String newAddress) {
    address = newAddress;
    return this;
  }

  /** The cookies by name, to look into and to change. */
  public Map<String, String> cookies() {
    return cookies;
  }

  /** GET. */
  public HttpReply get(String path) {
    connection.send(head("GET", path) + "\r\n");
    return receive();
  }

  /** HEAD. */
  public HttpReply head(String path) {
    connection.send(head("HEAD", path) + "\r\n");
    return remember(connection.receiveHead());
  }

  /** POST of a form that is encoded already. */
  public HttpReply post(String path, String form) {
    sendForm(path, form);
    return receive();
  }

  /** Sends a login and does not wait for the answer; {@link #outcome()} reads it. */
  public void sendLogin(String login, String password) {
    sendForm("/login", "login=" + encoded(login) + "&password=" + encoded(password));
  }

  /** The outcome of the login that was sent, as the redirect and the page behind it tell it. */
  public Outcome outcome() {
    HttpReply reply = receive();
    if (reply.status() != 302) {
      throw new AssertionError("a login is answered with a redirect, but: " + reply);
    }
    String location = reply.header("location");
    if (location.equals("/mypage")) {
      return Outcome.SUCCESS;
    }
    return switch (String.valueOf(get(location).element("notice-message"))) {
      case "You're banned." -> Outcome.BANNED;
      case "This account is locked." -> Outcome.LOCKED;
      case "Wrong username or password" -> Outcome.WRONG;
      default -> throw new AssertionError("no outcome behind " + reply);
    };
  }

  /** Logs in and tells the outcome. */
  public Outcome login(String login, String password) {
    sendLogin(login, password);
    return outcome();
  }

  /** Logs in. */
  public Outcome login(TestUser user) {
    return login(user.login(), user.password());
  }

  /** Logs in with a wrong password. */
  public Outcome fail(TestUser user) {
    return login(user.login(), "not " + user.password());
  }

  /** Percent-encodes a form's field. */
  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    connection.close();
  }

  private void sendForm(String path, String form) {
    connection.send(
        head("POST", path)
            + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
            + form.length()
            + "\r\n\r\n"
            + form);
  }

  private String head(String method, String path) {
    StringBuilder head =
        new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: sekisho.test\r\n");
    if (address != null) {
      head.append("X-Forwarded-For: ").append(address).append("\r\n");
    }
    if (!cookies.isEmpty()) {
      head.append("Cookie: ")
          .append(
              cookies.entrySet().stream()
                  .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                  .collect(Collectors.joining("; ")))
          .append("\r\n");
    }
    return head.toString();
  }

  /** Reads the response to what was sent. */
  public HttpReply receive() {
    return remember(connection.receive());
  }

  private HttpReply remember(HttpReply reply) {
    for (String line : reply.headers("set-cookie")) {
      String pair = line.split(";", 2)[0];
      String name = pair.substring(0, pair.indexOf('='));
      if (line.contains("; Max-Age=0;")) {
        cookies.remove(name);
      } else {
        cookies.put(name, pair.substring(name.length() + 1));
      }
    }
    return reply;
  }
}
