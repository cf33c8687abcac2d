package sekisho.bench.contest;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.List;
import sekisho.bench.client.Request;
import sekisho.bench.client.Response;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Reason;

/** What each page must contain. Every check throws a {@link Problem} that names what is not so. */
final class PageChecks {

  private static final DateTimeFormatter LAST_LOGIN =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withResolverStyle(ResolverStyle.STRICT);

  private PageChecks() {}

  /** Status 200 and HTML. */
  static HtmlPage html(Request request, Response response) {
    if (response.status() != 200) {
      throw new Problem(Reason.STATUS, request + ": expected 200, got " + response.status());
    }
    if (!response.isHtml()) {
      throw new Problem(
          Reason.CONTENT_TYPE,
          request + ": expected text/html, got " + response.header().get("content-type"));
    }
    return HtmlPage.parse(response.body().toString());
  }

  /** A form for {@code POST /login} with both fields and something to submit it with. */
  static void loginForm(HtmlPage page) {
    List<HtmlPage.Tag> tags = page.tags();
    for (int i = 0; i < tags.size(); i++) {
      HtmlPage.Tag tag = tags.get(i);
      if (!tag.end()
          && tag.name().equals("form")
          && "/login".equals(tag.attribute("action"))
          && "post".equalsIgnoreCase(tag.attribute("method"))) {
        formFields(tags.subList(i, page.indexOfEnd(i)));
        return;
      }
    }
    throw new Problem(Reason.LOGIN_FORM, "no form with action=\"/login\" and method=\"POST\"");
  }

  private static void formFields(List<HtmlPage.Tag> form) {
    boolean login = false;
    boolean password = false;
    boolean submit = false;
    for (HtmlPage.Tag tag : form) {
      boolean input = tag.name().equals("input");
      login |= input && "login".equals(tag.attribute("name"));
      password |= input && "password".equals(tag.attribute("name"));
      submit |= "submit".equalsIgnoreCase(tag.attribute("type"));
    }
    if (!login || !password || !submit) {
      throw new Problem(
          Reason.LOGIN_FORM,
          "the form has no "
              + (!login
                  ? "input named login"
                  : !password ? "input named password" : "element of type submit"));
    }
  }

  /**
   * The notice, alone in its element.
   *
   * @param expected null when no notice may stand
   */
  static void notice(HtmlPage page, String expected, String situation) {
    String shown = page.textOf("notice-message");
    if (expected == null ? shown != null && !shown.isEmpty() : !expected.equals(shown)) {
      throw new Problem(
          Reason.NOTICE,
          situation + ": expected " + quoted(expected) + ", the page shows " + quoted(shown));
    }
  }

  /**
   * Name, time and address of a member page.
   *
   * @param lastLogin the address expected; null when any is right
   */
  static void member(HtmlPage page, String login, String lastLogin) {
    if (!page.text().contains(login)) {
      throw new Problem(Reason.MEMBER_NAME, "the page does not name " + login);
    }
    String time = page.textOf("last-logined-at");
    if (!isTime(time)) {
      throw new Problem(Reason.LAST_LOGIN_TIME, login + ": the page shows " + quoted(time));
    }
    String address = page.textOf("last-logined-ip");
    if (address == null || address.isEmpty() || lastLogin != null && !lastLogin.equals(address)) {
      throw new Problem(
          Reason.LAST_LOGIN_ADDRESS,
          login
              + ": expected "
              + (lastLogin == null ? "an address" : lastLogin)
              + ", the page shows "
              + quoted(address));
    }
  }

  /**
   * Paths of style sheets, scripts and images on the same server; what is inside the page is not
   * asked for.
   */
  static List<String> assets(HtmlPage page) {
    List<String> assets = new ArrayList<>();
    for (HtmlPage.Tag tag : page.tags()) {
      String link =
          switch (tag.name()) {
            case "link" ->
                String.valueOf(tag.attribute("rel")).contains("stylesheet")
                    ? tag.attribute("href")
                    : null;
            case "script", "img" -> tag.attribute("src");
            default -> null;
          };
      if (link == null || link.isEmpty() || link.contains(":") || link.startsWith("//")) {
        continue;
      }
      String path = link.startsWith("/") ? link : "/" + link;
      if (!assets.contains(path)) {
        assets.add(path);
      }
    }
    return assets;
  }

  private static boolean isTime(String text) {
    try {
      return text != null && LocalDateTime.parse(text, LAST_LOGIN) != null;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static String quoted(String text) {
    return text == null || text.isEmpty() ? "nothing" : "\"" + text + "\"";
  }
}
