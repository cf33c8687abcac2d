package sekisho.bench.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import sekisho.bench.load.RequestKind;
import sekisho.bench.load.Target;

/**
 * A request of raw mode, as the bytes that go out.
 *
 * @param kind what it is timed as
 * @param line method and path, for messages
 * @param bytes the whole request; not to be changed
 */
public record RawRequest(RequestKind kind, String line, byte[] bytes) {

  @Override
  public String toString() {
    return line;
  }

  /** Makes the requests to one server. */
  public static final class Maker {

    private final String get;
    private final String login;

    public Maker(Target target) {
      String host = target.toString().substring("http://".length());
      this.get = " HTTP/1.1\r\nHost: " + host + "\r\nX-Forwarded-For: ";
      this.login =
          "POST /login HTTP/1.1\r\nHost: "
              + host
              + "\r\nContent-Type: application/x-www-form-urlencoded\r\nX-Forwarded-For: ";
    }

    /**
     * A GET.
     *
     * @param address client address to claim
     * @param cookies the value of the {@code Cookie} header; null for none
     */
    public RawRequest get(RequestKind kind, String path, String address, String cookies) {
      String cookieLine = cookies == null ? "" : "\r\nCookie: " + cookies;
      return new RawRequest(
          kind, "GET " + path, bytes("GET " + path + get + address + cookieLine + "\r\n\r\n"));
    }

    /**
     * A login.
     *
     * @param form name and password as they are sent
     * @param address client address to claim
     */
    public RawRequest login(byte[] form, String address) {
      byte[] head = bytes(login + address + "\r\nContent-Length: " + form.length + "\r\n\r\n");
      byte[] whole = Arrays.copyOf(head, head.length + form.length);
      System.arraycopy(form, 0, whole, head.length, form.length);
      return new RawRequest(RequestKind.LOGIN, "POST /login", whole);
    }

    private static byte[] bytes(String text) {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
  }
}
