package sekisho.fuzz;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import sekisho.http.session.Notice;
import sekisho.http.session.NoticeCookie;
import sekisho.http.session.ServiceCookie;
import sekisho.http.session.SessionCodec;
import sekisho.http.session.SessionKey;
import sekisho.user.UserDirectory;
import sekisho.user.UserDirectoryBuilder;

/** No cookie makes an exception, and none but those that were issued makes a session. */
final class CookieTarget implements FuzzTarget {

  private static final Duration LIFETIME = Duration.ofHours(1);
  private static final String HASH = "55".repeat(32);

  private final ServiceCookie session = new ServiceCookie("sekisho_session", LIFETIME, false);
  private final NoticeCookie notice = new NoticeCookie("sekisho_notice", false);
  private final SessionCodec codec =
      new SessionCodec(
          SessionKey.parseList("5e".repeat(32)),
          Clock.fixed(Instant.parse("2014-02-22T00:00:00Z"), ZoneOffset.UTC),
          LIFETIME);
  private final UserDirectory users =
      new UserDirectoryBuilder()
          .add(1, "one", HASH, "salt")
          .add(Long.MAX_VALUE, "last", HASH, "salt")
          .add(-1, "minus one", HASH, "salt")
          .build();
  private final List<String> issued =
      List.of(codec.issue(1, users), codec.issue(Long.MAX_VALUE, users), codec.issue(-1, users));

  @Override
  public String name() {
    return "cookie";
  }

  @Override
  public List<String> words() {
    return List.of(
        "sekisho_session=",
        "sekisho_notice=",
        "; ",
        ";",
        "=",
        "wrong",
        "banned",
        "locked",
        "\n",
        "__Host-",
        "\"",
        "sekisho_session=" + issued.get(0),
        issued.get(1),
        issued.get(2),
        issued.get(0).substring(0, 40),
        issued.get(1).substring(40),
        "sekisho_session=\"" + issued.get(2) + "\"",
        "sekisho_session=" + "A".repeat(76) + "; ",
        "sekisho_notice=\"wrong\"",
        "$Version=1; ",
        "; $Path=/");
  }

  @Override
  public void accept(byte[] input) {
    List<String> lines =
        Arrays.asList(new String(input, StandardCharsets.ISO_8859_1).split("\n", -1));
    List<String> values = session.read(lines);
    boolean found = codec.verify(values, users).isPresent();
    Check.that(
        !found || values.stream().anyMatch(issued::contains),
        "a session that was not issued: " + values);
    List<String> tried =
        values.stream().filter(value -> value.length() == issued.get(0).length()).limit(8).toList();
    Check.that(
        found || tried.stream().noneMatch(issued::contains), "a session was overlooked: " + values);
    Notice waiting = notice.read(lines);
    Check.that(waiting == null || Set.of(Notice.values()).contains(waiting), "an unknown notice");
  }
}
