package sekisho.bench.contest;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import sekisho.bench.client.LoginTry;
import sekisho.bench.client.Request;
import sekisho.bench.client.Response;
import sekisho.bench.load.Account;
import sekisho.bench.load.ExpectedOutcome;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Reason;
import sekisho.bench.load.Recorder;
import sekisho.bench.load.RequestKind;

/**
 * What one careful user would try before the load: each rule and each notice once, then input that
 * no browser sends. What it does is entered into the expected state, so that the last report is
 * compared with it too.
 */
public final class PreTest {

  /** How many users it needs that have no failures. */
  public static final int USERS = 3;

  /** Reserved for documentation (RFC 5737), and by no worker. */
  private static final String NET = "203.0.113.";

  private static final String FORM = "application/x-www-form-urlencoded";
  private static final int LONGEST_BODY = 8 * 1024;
  private static final int LONGEST_NAME = 255;

  private final SimulatedBrowser browser;
  private final ExpectedState state;
  private final RuleThresholds thresholds;
  private final Recorder recorder;
  private final Account first;
  private final Account second;
  private final Account third;

  /** Attempts in their order, made by a worker that checks every page. */
  private static final class Script implements Plan {

    private final Deque<LoginTry> attempts = new ArrayDeque<>();

    @Override
    public LoginTry next() {
      return attempts.removeFirst();
    }

    @Override
    public void settle(LoginTry attempt) {
      // Nothing is chosen by what came out.
    }

    @Override
    public void retire(LoginTry attempt) {
      // Nor is anything left alone.
    }

    @Override
    public boolean outOfUsers() {
      return false;
    }
  }

  /**
   * @param users as many as {@link #USERS}, without failures and known to nobody else in this run
   */
  public PreTest(
      SimulatedBrowser browser,
      ExpectedState state,
      RuleThresholds thresholds,
      List<Account> users,
      Recorder recorder) {
    this.browser = browser;
    this.state = state;
    this.thresholds = thresholds;
    this.recorder = recorder;
    this.first = users.get(0);
    this.second = users.get(1);
    this.third = users.get(2);
  }

  /** Runs; never fails, as problems go to the recorder. */
  public Future<Void> run() {
    Script script = new Script();
    script.attempts.addAll(attempts());
    VirtualUser user = new VirtualUser(browser, script, state, recorder, new SplittableRandom(1));
    Future<Void> visits = Future.succeededFuture();
    for (int i = script.attempts.size(); i > 0; i--) {
      visits = visits.compose(done -> user.visit()).mapEmpty();
    }
    for (Odd odd : oddities()) {
      visits = visits.compose(done -> refused(odd));
    }
    return visits.compose(done -> noFields()).compose(done -> head());
  }

  private List<LoginTry> attempts() {
    List<LoginTry> attempts = new ArrayList<>();
    attempts.add(wrong(first, NET + 1));
    attempts.add(right(first, NET + 1));
    attempts.add(right(first, NET + 2));
    attempts.add(right(first, NET + 1));
    // Another name, since names are compared letter by letter; and characters that a form escapes.
    for (int i = 0; i < thresholds.user(); i++) {
      attempts.add(new LoginTry(swapCase(first.login()), first.password(), NET + 3, false));
    }
    attempts.add(right(first, NET + 2));
    attempts.add(new LoginTry("no body+&=%;<\u00e9\u95a2\u6240>", "a b+c&d=%", NET + 3, false));
    attempts.add(right(second, NET + 3));
    for (int i = 0; i < thresholds.user() - 1; i++) {
      attempts.add(wrong(second, NET + 4));
    }
    attempts.add(right(second, NET + 4));
    for (int i = 0; i < thresholds.user(); i++) {
      attempts.add(wrong(second, NET + (5 + i)));
    }
    attempts.add(right(second, NET + 20));
    for (int i = 0; i < thresholds.address(); i++) {
      attempts.add(new LoginTry("nobody-" + i, "guess", NET + 21, false));
    }
    attempts.add(right(third, NET + 21));
    attempts.add(right(third, NET + 22));
    return attempts;
  }

  private static LoginTry right(Account user, String address) {
    return new LoginTry(user.login(), user.password(), address, true);
  }

  private static LoginTry wrong(Account user, String address) {
    return new LoginTry(user.login(), user.password() + "x", address, false);
  }

  private static String swapCase(String name) {
    char start = name.charAt(0);
    return (Character.isUpperCase(start)
            ? Character.toLowerCase(start)
            : Character.toUpperCase(start))
        + name.substring(1);
  }

  /** Input that has to be refused with a 4xx, and is no attempt. */
  private record Odd(
      String what, HttpMethod method, String path, String type, String address, String body) {}

  private static List<Odd> oddities() {
    return List.of(
        new Odd("an unknown path", HttpMethod.GET, "/no-such-page", null, NET + 30, null),
        new Odd("GET /login", HttpMethod.GET, "/login", null, NET + 30, null),
        login("broken percent-encoding", "login=%zz&password=x"),
        login("an encoding that is no UTF-8", "login=%ff&password=x"),
        login("a NUL in the name", "login=a%00b&password=x"),
        login("a name that is too long", "login=" + "n".repeat(LONGEST_NAME + 1) + "&password=x"),
        login("a body that is too long", "login=a&password=" + "p".repeat(LONGEST_BODY)),
        new Odd(
            "another content type",
            HttpMethod.POST,
            "/login",
            "text/plain",
            NET + 30,
            "login=a&password=x"),
        new Odd(
            "a client address that is none",
            HttpMethod.POST,
            "/login",
            FORM,
            "not-an-address",
            "login=a&password=x"));
  }

  private static Odd login(String what, String body) {
    return new Odd(what, HttpMethod.POST, "/login", FORM, NET + 30, body);
  }

  private Future<Void> refused(Odd odd) {
    browser.visit(odd.address());
    return noted(
        browser
            .ask(request(odd))
            .map(
                response -> {
                  if (response.status() < 400 || response.status() > 499) {
                    throw new Problem(Reason.BAD_INPUT, odd.what() + ": got " + response.status());
                  }
                  return dated(response, odd.what());
                }));
  }

  /** A missing field counts as empty: a failure of the address. */
  private Future<Void> noFields() {
    LoginTry attempt = new LoginTry("", "", NET + 31, false);
    Odd empty = new Odd("a form without fields", HttpMethod.POST, "/login", FORM, NET + 31, "");
    browser.visit(attempt.address());
    return noted(
        browser
            .ask(request(empty))
            .map(
                response -> {
                  if (!response.isRedirect() || !"/".equals(response.locationPath())) {
                    throw new Problem(
                        Reason.REDIRECT,
                        empty.what() + ": expected a redirect to /, got " + response.status());
                  }
                  state.answered(attempt, ExpectedOutcome.WRONG);
                  return dated(response, empty.what());
                }));
  }

  private Future<Void> head() {
    Odd head = new Odd("HEAD /", HttpMethod.HEAD, "/", null, NET + 30, null);
    browser.visit(head.address());
    return noted(
        browser
            .ask(request(head))
            .map(
                response -> {
                  if (response.status() != 200 || response.body().length() > 0) {
                    throw new Problem(
                        Reason.STATUS,
                        "HEAD /: expected 200 without a body, got " + response.status());
                  }
                  return dated(response, "HEAD /");
                }));
  }

  private static Void dated(Response response, String what) {
    if (response.header().get(HttpHeaders.DATE) == null) {
      throw new Problem(Reason.DATE, what);
    }
    return null;
  }

  private Future<Void> noted(Future<Void> step) {
    return step.otherwise(
        failure -> {
          if (!(failure instanceof Problem problem)) {
            throw new IllegalStateException(failure);
          }
          recorder.problem(problem);
          return null;
        });
  }

  private static Request request(Odd odd) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(odd.method())
            .setURI(odd.path())
            .putHeader("X-Forwarded-For", odd.address());
    if (odd.type() != null) {
      options.putHeader(HttpHeaders.CONTENT_TYPE, odd.type());
    }
    return new Request(
        RequestKind.OTHER, options, odd.body() == null ? null : Buffer.buffer(odd.body()));
  }
}
