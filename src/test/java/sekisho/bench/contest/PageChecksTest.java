package sekisho.bench.contest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.bench.client.Request;
import sekisho.bench.client.Response;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Reason;
import sekisho.bench.load.RequestKind;

class PageChecksTest {

  private static final String FORM =
      "<form class=f action=\"/login\" method=\"POST\"><input type=text name=login>"
          + "<input name=password type=password><button type=\"submit\">go</button></form>";

  private static void fails(Reason reason, Runnable check) {
    assertThatThrownBy(check::run)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.reason()).isEqualTo(reason));
  }

  private static HtmlPage member(String name, String time, String address) {
    return HtmlPage.parse(
        "<p>"
            + name
            + "</p><dd id=last-logined-at>"
            + time
            + "</dd><dd id=last-logined-ip>"
            + address
            + "</dd>");
  }

  @Test
  void acceptsTheLoginForm() {
    PageChecks.loginForm(HtmlPage.parse("<form action=/search></form>" + FORM));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name=login",
        "name=password",
        "type=\"submit\"",
        "action=\"/login\"",
        "method=\"POST\""
      })
  void missesEachPartOfTheForm(String part) {
    fails(Reason.LOGIN_FORM, () -> PageChecks.loginForm(HtmlPage.parse(FORM.replace(part, "x=y"))));
  }

  @Test
  void wantsTheFieldsInsideTheForm() {
    fails(
        Reason.LOGIN_FORM,
        () ->
            PageChecks.loginForm(
                HtmlPage.parse(
                    "<form action=/login method=post></form><input name=login><input name=password><button type=submit>")));
  }

  @Test
  void wantsTheNoticeAlone() {
    HtmlPage page = HtmlPage.parse("<div id=notice-message>\n You&#39;re banned. </div>");
    PageChecks.notice(page, "You're banned.", "");
    fails(Reason.NOTICE, () -> PageChecks.notice(page, "This account is locked.", ""));
    fails(Reason.NOTICE, () -> PageChecks.notice(page, null, ""));
    fails(
        Reason.NOTICE,
        () ->
            PageChecks.notice(
                HtmlPage.parse("<div id=notice-message>Oh: You're banned.</div>"),
                "You're banned.",
                ""));
    fails(
        Reason.NOTICE,
        () -> PageChecks.notice(HtmlPage.parse("<p>You're banned.</p>"), "You're banned.", ""));
    PageChecks.notice(HtmlPage.parse("<div id=notice-message></div>"), null, "");
  }

  @Test
  void readsTheMemberPage() {
    HtmlPage page = member("alice", "2014-09-27 12:34:56", "127.1.0.3");
    PageChecks.member(page, "alice", "127.1.0.3");
    PageChecks.member(page, "alice", null);
    fails(Reason.MEMBER_NAME, () -> PageChecks.member(page, "bob", null));
    fails(Reason.LAST_LOGIN_ADDRESS, () -> PageChecks.member(page, "alice", "127.1.0.6"));
    HtmlPage blank = member("alice", "2014-09-27 12:34:56", "");
    fails(Reason.LAST_LOGIN_ADDRESS, () -> PageChecks.member(blank, "alice", null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2014-09-27T12:34:56",
        "2014-9-27 12:34:56",
        "2014-02-30 12:34:56",
        "2014-09-27 24:00:00",
        "2014-09-27 12:34:56 UTC"
      })
  void wantsTheTimeInItsForm(String time) {
    fails(
        Reason.LAST_LOGIN_TIME,
        () -> PageChecks.member(member("alice", time, "127.1.0.3"), "alice", null));
  }

  @ParameterizedTest
  @CsvSource({"404,text/html,STATUS", "200,text/plain,CONTENT_TYPE", "200,,CONTENT_TYPE"})
  void wantsHtml(int status, String type, Reason reason) {
    MultiMap header = MultiMap.caseInsensitiveMultiMap();
    if (type != null) {
      header.add("Content-Type", type);
    }
    Request request = Request.get(RequestKind.TOP, "/", null);
    fails(reason, () -> PageChecks.html(request, new Response(status, header, Buffer.buffer())));
  }

  @Test
  void findsWhatABrowserWouldLoad() {
    assertThat(
            PageChecks.assets(
                HtmlPage.parse(
                    "<link rel=stylesheet href=/a.css><link rel=icon href=/i.ico>"
                        + "<script src='b.js'></script><script>var x;</script><img src=\"/c.png?x=1&amp;y=2\"><img src=/a.css>"
                        + "<img src=data:image/png;base64,AA><img src=//cdn.example/d.png>"
                        + "<script src=http://cdn.example/e.js></script>")))
        .containsExactly("/a.css", "/b.js", "/c.png?x=1&y=2");
  }
}
