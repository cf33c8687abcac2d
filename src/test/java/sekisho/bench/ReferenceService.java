package sekisho.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import sekisho.bench.client.HtmlText;
import sekisho.bench.load.Dataset;
import sekisho.bench.load.ExpectedOutcome;

/**
 * The service of the contract over HTTP, on one event loop and without persistence, right unless
 * told to be wrong. Its session cookie is not signed, since nobody forges it here.
 */
final class ReferenceService implements AutoCloseable {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final int NOW_AND_THEN = 1_000;
  private static final int RELOAD = 2_000;
  private static final int LATE_MILLIS = 1_500;
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final int LONGEST_BODY = 8 * 1024;
  private static final int LONGEST_NAME = 255;

  private final Vertx vertx = Vertx.vertx();
  private final Set<Defect> defects;
  private final ReferenceState state;
  private final HttpServer server;
  private long requests;
  private int reports;

  private ReferenceService(Set<Defect> defects, Dataset dataset, int port) {
    this.defects = defects;
    this.state = new ReferenceState(defects, dataset);
    this.server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port))
            .requestHandler(this::handle);
  }

  static ReferenceService start(Set<Defect> defects, Dataset dataset) {
    return start(defects, dataset, 0);
  }

  /**
   * Serves until the process is ended, for a try of the generator by hand.
   *
   * @param args the port on 127.0.0.1, the directory of the data set, and any defects by name
   */
  public static void main(String[] args) {
    Set<Defect> defects = EnumSet.noneOf(Defect.class);
    Arrays.stream(args).skip(2).map(Defect::valueOf).forEach(defects::add);
    start(defects, Dataset.load(Path.of(args[1])), Integer.parseInt(args[0]));
    System.out.println("ready");
  }

  private static ReferenceService start(Set<Defect> defects, Dataset dataset, int port) {
    ReferenceService service = new ReferenceService(defects, dataset, port);
    service.server.listen().await();
    return service;
  }

  int port() {
    return server.actualPort();
  }

  @Override
  public void close() {
    vertx.close().await();
  }

  private void handle(HttpServerRequest request) {
    boolean nowAndThen = ++requests % NOW_AND_THEN == 0 && !request.path().equals("/report");
    if (nowAndThen && defects.contains(Defect.ANSWERS_503_NOW_AND_THEN)) {
      request.response().setStatusCode(503).end();
      return;
    }
    boolean reload =
        requests >= RELOAD && requests < RELOAD + 5 && !request.path().equals("/report");
    if (nowAndThen && defects.contains(Defect.CUTS_OFF_NOW_AND_THEN)
        || reload && defects.contains(Defect.CUTS_OFF_ONCE)) {
      request.connection().close();
      return;
    }
    if (nowAndThen && defects.contains(Defect.SLOW_NOW_AND_THEN)) {
      request.pause();
      vertx.setTimer(
          LATE_MILLIS,
          late -> {
            request.resume();
            answer(request);
          });
      return;
    }
    answer(request);
  }

  private void answer(HttpServerRequest request) {
    if (!defects.contains(Defect.MISSING_DATE)) {
      request.response().putHeader("Date", "Sat, 22 Feb 2014 00:00:00 GMT");
    }
    switch (request.path()) {
      case "/" -> top(request);
      case "/login" -> login(request);
      case "/mypage" -> mypage(request);
      case "/report" -> report(request);
      case "/style.css" ->
          request
              .response()
              .putHeader("Content-Type", "text/css")
              .putHeader("Cache-Control", "max-age=3600")
              .end("body{}");
      default -> request.response().setStatusCode(404).end();
    }
  }

  private void top(HttpServerRequest request) {
    var cookie = request.getCookie("notice");
    String notice =
        cookie == null
            ? null
            : switch (cookie.getValue()) {
              case "BANNED" -> ExpectedOutcome.BANNED.notice();
              case "LOCKED" -> ExpectedOutcome.LOCKED.notice();
              case "WRONG" ->
                  defects.contains(Defect.NOTICE_SWAPPED)
                      ? ExpectedOutcome.LOCKED.notice()
                      : ExpectedOutcome.WRONG.notice();
              default -> "You must be logged in";
            };
    if (notice != null && !defects.contains(Defect.NOTICE_NEVER_CLEARED)) {
      request.response().putHeader("Set-Cookie", "notice=; Max-Age=0; Path=/");
    }
    String password =
        defects.contains(Defect.FORM_WITHOUT_PASSWORD) ? "" : "<input name=password type=password>";
    html(
        request,
        "<h1>Login</h1>"
            + (notice == null
                ? ""
                : "<div id=\"notice-message\">" + HtmlText.escape(notice) + "</div>")
            + "<form action=\"/login\" method=\"POST\"><input name=login>"
            + password
            + "<button type=submit>Login</button></form>");
  }

  private void login(HttpServerRequest request) {
    if (request.method() != HttpMethod.POST) {
      request.response().setStatusCode(405).putHeader("Allow", "POST").end();
      return;
    }
    request
        .body()
        .onSuccess(
            body -> {
              if (body.length() > LONGEST_BODY) {
                refused(request, 413);
              } else if (!FORM.equals(request.getHeader("Content-Type"))) {
                refused(request, 415);
              } else {
                form(request, body);
              }
            });
  }

  private void form(HttpServerRequest request, Buffer body) {
    String login;
    String password;
    try {
      login = field(body.toString(StandardCharsets.ISO_8859_1), "login");
      password = field(body.toString(StandardCharsets.ISO_8859_1), "password");
    } catch (CharacterCodingException | IllegalArgumentException e) {
      refused(request, 400);
      return;
    }
    String address = address(request);
    if (login.length() > LONGEST_NAME || login.indexOf(0) >= 0 || !address.matches("[0-9a-f.:]+")) {
      refused(request, 400);
      return;
    }
    ExpectedOutcome outcome = state.attempt(login, password, address);
    boolean another = defects.contains(Defect.SESSION_OF_ANOTHER_USER) && requests % 100 == 0;
    String cookie =
        outcome == ExpectedOutcome.SUCCESS
            ? "session=" + (another ? "somebody" : login)
            : "notice=" + outcome;
    redirect(request, outcome == ExpectedOutcome.SUCCESS ? "/mypage" : "/", cookie);
  }

  private void refused(HttpServerRequest request, int status) {
    request
        .response()
        .setStatusCode(defects.contains(Defect.BAD_INPUT_IS_500) ? 500 : status)
        .end();
  }

  private static String field(String form, String name) throws CharacterCodingException {
    for (String pair : form.split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        byte[] bytes =
            URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.ISO_8859_1)
                .getBytes(StandardCharsets.ISO_8859_1);
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      }
    }
    return "";
  }

  private void mypage(HttpServerRequest request) {
    var session = request.getCookie("session");
    if (session == null && !defects.contains(Defect.MEMBER_PAGE_WITHOUT_SESSION)) {
      redirect(request, "/", "notice=STRANGER");
      return;
    }
    String login =
        session == null || session.getValue().equals("somebody") ? "isucon1" : session.getValue();
    String address = state.hasLoggedIn(login) ? state.lastLogin(login) : "127.0.0.1";
    html(
        request,
        "<p>"
            + HtmlText.escape(login)
            + "</p><b id=\"last-logined-at\">"
            + TIME.format(LocalDateTime.now())
            + "</b><b id=\"last-logined-ip\">"
            + address
            + "</b>");
  }

  private void report(HttpServerRequest request) {
    reports++;
    if (defects.contains(Defect.NOT_READY_AFTER_INIT) && reports == 1) {
      request.response().setStatusCode(503).end();
      return;
    }
    if (defects.contains(Defect.FORGETS_AT_RESTART) && reports == 3) {
      state.forgetNewest();
    }
    request
        .response()
        .putHeader("Content-Type", "application/json")
        .end(
            new JsonObject()
                .put("banned_ips", list(state.bannedAddresses()))
                .put("locked_users", list(state.lockedUsers()))
                .toBuffer());
  }

  private Object list(Collection<String> names) {
    if (names.isEmpty() && defects.contains(Defect.EMPTY_LIST_AS_OBJECT)) {
      return new JsonObject();
    }
    JsonArray list = new JsonArray();
    names.forEach(list::add);
    if (defects.contains(Defect.REPORT_LISTS_TWICE) && !names.isEmpty()) {
      list.add(names.iterator().next());
    }
    return list;
  }

  private String address(HttpServerRequest request) {
    return defects.contains(Defect.ADDRESS_IGNORED)
        ? "127.0.0.1"
        : request.getHeader("X-Forwarded-For");
  }

  private static Future<Void> redirect(HttpServerRequest request, String path, String cookie) {
    return request
        .response()
        .setStatusCode(302)
        .putHeader("Location", path)
        .putHeader("Set-Cookie", cookie + "; Path=/; HttpOnly")
        .end();
  }

  private void html(HttpServerRequest request, String text) {
    boolean half = defects.contains(Defect.HALF_A_PAGE) && requests % NOW_AND_THEN == 0;
    String body = half ? text.substring(0, text.length() / 3) : text;
    request
        .response()
        .putHeader("Content-Type", "text/html; charset=utf-8")
        .end(
            "<!DOCTYPE html><html lang=en><head><title>Reference</title>"
                + "<link rel=stylesheet href=/style.css></head><body>"
                + body
                + "</body></html>");
  }
}
