package sekisho.http.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.ParseError;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.http.session.Notice;

class PagesTest {

  private static final Pages PAGES = new Pages();

  static Stream<Buffer> allPages() {
    Stream<Buffer> homes = Stream.of(PAGES.home(null));
    Stream<Buffer> notices = Stream.of(Notice.values()).map(PAGES::home);
    Stream<Buffer> members =
        Stream.of(
            PAGES.member("isucon1", "2026-01-02 03:04:05", "192.0.2.1", "UTC"),
            PAGES.member(
                "</h1><script>\"'&", "2026-01-02 03:04:05", "2001:db8::/64", "Asia/Tokyo"));
    Stream<Buffer> errors =
        IntStream.of(400, 403, 404, 405, 413, 415, 418, 500, 502, 503).mapToObj(PAGES::error);
    return Stream.of(homes, notices, members, errors).flatMap(pages -> pages);
  }

  @ParameterizedTest
  @MethodSource("allPages")
  void areWellFormedHtml5(Buffer page) {
    Parser parser = Parser.htmlParser().setTrackErrors(10);
    Document document = parser.parseInput(page.toString(), "");

    assertThat(parser.getErrors()).extracting(ParseError::toString).isEmpty();
    assertThat(page.toString()).startsWith("<!DOCTYPE html>\n<html lang=\"en\">\n");
    assertThat(document.select("meta[charset=utf-8]")).hasSize(1);
    assertThat(document.title()).endsWith(" – Sekisho");
    assertThat(document.select("header, main, footer, h1, header ~ main")).hasSize(4);
    assertThat(document.select("[id]").eachAttr("id")).doesNotHaveDuplicates();
    assertThat(document.select("input"))
        .allSatisfy(
            input -> assertThat(document.select("label[for=" + input.id() + "]")).hasSize(1));
  }

  @ParameterizedTest
  @MethodSource("allPages")
  void areOneRequest(Buffer page) {
    Document document = Jsoup.parse(page.toString());

    assertThat(
            document.select("link, img, iframe, object, embed, video, audio, base, [src], [style]"))
        .isEmpty();
    assertThat(document.select("[href]").eachAttr("href")).isSubsetOf("/", "/mypage");
    assertThat(document.select("meta[http-equiv]")).isEmpty();
    assertThat(page.toString())
        .doesNotContainIgnoringCase("url(")
        .doesNotContain("@import", "://", "data:");
    assertThat(
            document.getAllElements().stream()
                .flatMap(element -> element.attributes().asList().stream()))
        .noneMatch(attribute -> attribute.getKey().startsWith("on"));
  }

  @ParameterizedTest
  @MethodSource("allPages")
  void carryTheSameStyleWhoseHashIsTold(Buffer page) throws Exception {
    Element style = Jsoup.parse(page.toString()).selectFirst("style");
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(style.data().getBytes(StandardCharsets.UTF_8));

    assertThat(PAGES.styleHash()).isEqualTo("sha256-" + Base64.getEncoder().encodeToString(digest));
  }

  /** It disables a button when its form is sent, and nothing else. */
  @ParameterizedTest
  @MethodSource("allPages")
  void carryTheOneScriptWhoseHashIsTold(Buffer page) throws Exception {
    List<Element> scripts = Jsoup.parse(page.toString()).select("script");
    assertThat(scripts).hasSize(1);
    String text = scripts.get(0).data();
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    assertThat(PAGES.scriptHash())
        .isEqualTo("sha256-" + Base64.getEncoder().encodeToString(digest));
    assertThat(text.strip().lines()).hasSize(1);
    assertThat(text).contains("\"submit\"", "disabled=true", "\"pageshow\"", "disabled=false");
  }

  @Test
  void homeTellsAScreenReaderWhatWasWrong() {
    Element name = Jsoup.parse(PAGES.home(Notice.LOCKED).toString()).getElementById("login");
    assertThat(name.attr("aria-describedby")).isEqualTo("notice-message");
    assertThat(name.attr("aria-invalid")).isEqualTo("true");
    assertThat(name.hasAttr("autofocus")).isTrue();
    for (Notice other : List.of(Notice.LOGIN_REQUIRED, Notice.LOGGED_OUT)) {
      Element input = Jsoup.parse(PAGES.home(other).toString()).getElementById("login");
      assertThat(input.hasAttr("aria-invalid")).isFalse();
      assertThat(input.hasAttr("autofocus")).isFalse();
    }
    Element first = Jsoup.parse(PAGES.home(null).toString()).getElementById("login");
    assertThat(first.hasAttr("aria-describedby")).isFalse();
    assertThat(first.attr("maxlength")).isEqualTo("255");
    assertThat(Jsoup.parse(PAGES.home(Notice.WRONG).toString()).title())
        .isEqualTo("Wrong username or password – Sekisho");
  }

  @Test
  void memberTellsTheZoneAndWhatAPrefixIsOutsideTheElements() {
    Document document =
        Jsoup.parse(
            PAGES
                .member("isucon1", "2026-01-02 03:04:05", "2001:db8:1:2::/64", "Asia/Tokyo")
                .toString());
    assertThat(document.getElementById("last-logined-at").wholeText())
        .isEqualTo("2026-01-02 03:04:05");
    assertThat(document.getElementById("last-logined-ip").wholeText())
        .isEqualTo("2001:db8:1:2::/64");
    assertThat(document.select("dd").text()).contains("Asia/Tokyo", "IPv6");
    assertThat(
            Jsoup.parse(
                    PAGES.member("isucon1", "2026-01-02 03:04:05", "192.0.2.1", "UTC").toString())
                .text())
        .doesNotContain("IPv6");
  }

  @Test
  void homeHoldsTheLoginForm() {
    String page = PAGES.home(null).toString();
    Document document = Jsoup.parse(page);

    assertThat(page)
        .contains("<form action=\"/login\" method=\"POST\">")
        .doesNotContain("notice-message");
    assertThat(
            document.select(
                "form[action=/login] input[name=login][type=text][autocomplete=username]"))
        .hasSize(1);
    assertThat(
            document.select(
                "form input[name=password][type=password][autocomplete=current-password]"))
        .hasSize(1);
    assertThat(document.select("form [type=submit]")).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void homeShowsTheNoticeAlone(Notice notice) {
    String page = PAGES.home(notice).toString();

    assertThat(page).contains("<p id=\"notice-message\" role=\"alert\">" + notice.text() + "</p>");
    assertThat(Jsoup.parse(page).getElementById("notice-message").wholeText())
        .isEqualTo(notice.text());
  }

  @Test
  void lockedAndBannedPeopleAreToldWhomToAsk() {
    Pages pages = new Pages("Ask <the> front desk & wait");
    for (Notice notice : Notice.values()) {
      Document page = Jsoup.parse(pages.home(notice).toString());
      assertThat(page.text().contains("Ask <the> front desk & wait"))
          .isEqualTo(notice == Notice.LOCKED || notice == Notice.BANNED);
      assertThat(page.getElementById("notice-message").wholeText()).isEqualTo(notice.text());
    }
  }

  @Test
  void homeIsRenderedOnce() {
    assertThat(PAGES.home(null)).isSameAs(PAGES.home(null));
    assertThat(PAGES.home(Notice.WRONG))
        .isSameAs(PAGES.home(Notice.WRONG))
        .isNotEqualTo(PAGES.home(Notice.LOCKED));
    assertThat(PAGES.error(404)).isSameAs(PAGES.error(404));
  }

  @Test
  void homeIsSmall() {
    assertThat(PAGES.home(null).length()).isLessThan(6144);
  }

  @Test
  void memberShowsTheUserAndTheLastLogin() {
    Document document =
        Jsoup.parse(PAGES.member("isucon1", "2026-01-02 03:04:05", "192.0.2.1", "UTC").toString());

    assertThat(document.selectFirst("h1").text()).isEqualTo("Welcome, isucon1");
    assertThat(document.getElementById("last-logined-at").wholeText())
        .isEqualTo("2026-01-02 03:04:05");
    assertThat(document.getElementById("last-logined-ip").wholeText()).isEqualTo("192.0.2.1");
    assertThat(document.select("form[action=/logout][method=POST] [type=submit]")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>",
        "</h1><img src=x onerror=alert(1)>",
        "\"'>&lt;&amp;",
        "a & b",
        "&#60;b&#62;",
        "関所 🗻",
        "<!--",
        "]]>",
        "${name}",
        "</style>",
        "</title>",
      })
  void escapesWhatUsersChose(String text) {
    Document member = Jsoup.parse(PAGES.member(text, text, text, "UTC").toString());
    assertThat(member.selectFirst("h1").wholeText()).isEqualTo("Welcome, " + text);
    assertThat(member.getElementById("last-logined-at").wholeText()).isEqualTo(text);
    assertThat(member.getElementById("last-logined-ip").wholeText()).isEqualTo(text);
    assertThat(member.select("main script, img")).isEmpty();

    Document error = Jsoup.parse(PAGES.error(400, text).toString());
    assertThat(error.selectFirst("main p").wholeOwnText()).isEqualTo(text + " ");
    assertThat(error.select("main script, img")).isEmpty();
  }

  @Property(tries = 200)
  void nameOfAnyTextStaysText(@ForAll @StringLength(max = 50) String text) {
    // What no browser's parser keeps: line ends, NUL, lone surrogates.
    byte[] utf8 = text.replaceAll("[\\r\\u0000]", "").getBytes(StandardCharsets.UTF_8);
    String name = new String(utf8, StandardCharsets.UTF_8);
    Document document = Jsoup.parse(PAGES.member(name, "", "", "UTC").toString());

    assertThat(document.selectFirst("h1").wholeText()).isEqualTo("Welcome, " + name);
    assertThat(document.getAllElements())
        .hasSameSizeAs(
            Jsoup.parse(PAGES.member("isucon1", "", "", "UTC").toString()).getAllElements());
  }

  @Test
  void errorsTellTheStatusAndTheWayBack() {
    for (int status : List.of(400, 403, 404, 405, 413, 415, 429, 500, 503, 599)) {
      Document document = Jsoup.parse(PAGES.error(status).toString());

      assertThat(document.selectFirst("main p").text())
          .endsWith("Status " + status)
          .hasSizeGreaterThan(20);
      assertThat(document.select("main a[href=/]")).hasSize(1);
    }
    assertThat(heading(PAGES.error(404))).isEqualTo("Page not found");
    assertThat(heading(PAGES.error(429))).isEqualTo("Request refused");
    assertThat(heading(PAGES.error(599))).isEqualTo("Something went wrong");
  }

  @Test
  void errorsMayHaveATextOfTheirOwn() {
    Document document = Jsoup.parse(PAGES.error(400, "The form is not valid UTF-8.").toString());

    assertThat(document.selectFirst("h1").text()).isEqualTo("Request not understood");
    assertThat(document.selectFirst("main p").text())
        .isEqualTo("The form is not valid UTF-8. Status 400");
  }

  private static String heading(Buffer page) {
    return Jsoup.parse(page.toString()).selectFirst("h1").text();
  }
}
