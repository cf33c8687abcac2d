package sekisho.bench.contest;

import io.vertx.core.Future;
import java.util.SplittableRandom;
import sekisho.bench.client.LoginTry;
import sekisho.bench.client.Response;
import sekisho.bench.load.ExpectedOutcome;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Reason;
import sekisho.bench.load.Recorder;
import sekisho.bench.load.RequestKind;

/**
 * One worker: goes from the login page through a login to the page behind it, one step at a time,
 * and checks every page against the expected state. In one visit in fifty it also opens the member
 * page without a session, or the login page a second time, where the notice must be gone.
 */
public final class VirtualUser {

  private static final int SELDOM = 50;

  private final SimulatedBrowser browser;
  private final Plan plan;
  private final ExpectedState state;
  private final Recorder recorder;
  private final SplittableRandom random;

  public VirtualUser(
      SimulatedBrowser browser,
      Plan plan,
      ExpectedState state,
      Recorder recorder,
      SplittableRandom random) {
    this.browser = browser;
    this.plan = plan;
    this.state = state;
    this.recorder = recorder;
    this.random = random;
  }

  /**
   * One visit.
   *
   * @return never fails; false when there was no connection or no answer, so that trying again at
   *     once is no use
   */
  Future<Boolean> visit() {
    LoginTry attempt = plan.next();
    browser.visit(attempt.address());
    Future<Void> before = seldom() ? strangerIsSentAway() : Future.succeededFuture();
    return before
        .compose(done -> topPage())
        .recover(problem -> leaveAlone(attempt, problem))
        .compose(done -> login(attempt))
        .map(true)
        .otherwise(failure -> note(failure));
  }

  /** Requests that this worker has sent. */
  long requests() {
    return browser.requests();
  }

  /** Whether this worker ran out of users. */
  boolean outOfUsers() {
    return plan.outOfUsers();
  }

  private Future<Void> topPage() {
    return browser
        .open(RequestKind.TOP, "/")
        .map(
            page -> {
              PageChecks.loginForm(page);
              PageChecks.notice(page, null, "GET / on a first visit");
              recorder.pageRight();
              return null;
            });
  }

  private Future<Void> login(LoginTry attempt) {
    ExpectedOutcome expected = state.expected(attempt);
    return browser
        .submit(attempt)
        .recover(failure -> unanswered(attempt, failure))
        .compose(response -> decided(attempt, expected, response))
        .compose(
            target ->
                expected == ExpectedOutcome.SUCCESS
                    ? memberPage(attempt, target)
                    : noticePage(attempt, expected, target));
  }

  /** Enters the answer into the expected state, and gives the place to go to. */
  private Future<String> decided(LoginTry attempt, ExpectedOutcome expected, Response response) {
    if (!response.isRedirect()) {
      Problem problem =
          new Problem(Reason.STATUS, attempt + ": expected 302, got " + response.status());
      return response.status() >= 500 ? unanswered(attempt, problem) : leaveAlone(attempt, problem);
    }
    String situation = situation(attempt, expected);
    state.answered(attempt, expected);
    String path = response.locationPath();
    if (expected.location().equals(path)) {
      recorder.decided(expected);
      recorder.pageRight();
      plan.settle(attempt);
      return Future.succeededFuture(response.locationTarget());
    }
    boolean otherOutcome = "/".equals(path) || "/mypage".equals(path);
    return leaveAlone(
        attempt,
        new Problem(
            otherOutcome ? Reason.OUTCOME : Reason.REDIRECT,
            situation
                + ": expected a redirect to "
                + expected.location()
                + ", got one to "
                + path));
  }

  private Future<Void> memberPage(LoginTry attempt, String target) {
    return browser
        .open(RequestKind.MEMBER, target)
        .map(
            page -> {
              PageChecks.member(page, attempt.login(), state.lastLogin(attempt.login()));
              recorder.pageRight();
              return null;
            });
  }

  private Future<Void> noticePage(LoginTry attempt, ExpectedOutcome expected, String target) {
    return browser
        .open(RequestKind.TOP, target)
        .compose(
            page -> {
              PageChecks.loginForm(page);
              PageChecks.notice(page, expected.notice(), situation(attempt, expected));
              recorder.pageRight();
              return seldom() ? browser.open(RequestKind.TOP, "/") : Future.succeededFuture();
            })
        .map(
            again -> {
              if (again != null) {
                PageChecks.notice(again, null, "GET / again after " + attempt);
                recorder.pageRight();
              }
              return null;
            });
  }

  private Future<Void> strangerIsSentAway() {
    return browser
        .get(RequestKind.MEMBER, "/mypage")
        .compose(
            response -> {
              if (!response.isRedirect() || !"/".equals(response.locationPath())) {
                throw new Problem(
                    Reason.SESSION,
                    "GET /mypage without a session: expected a redirect to /, got "
                        + response.status()
                        + " to "
                        + response.locationPath());
              }
              recorder.pageRight();
              return browser.open(RequestKind.TOP, response.locationTarget());
            })
        .map(
            page -> {
              PageChecks.notice(page, "You must be logged in", "GET /mypage without a session");
              recorder.pageRight();
              return null;
            });
  }

  /** No answer, or none that tells: the attempt may count or not. */
  private <T> Future<T> unanswered(LoginTry attempt, Throwable failure) {
    if (!(failure instanceof Problem problem)
        || problem.leavesDoubt()
        || problem.reason() == Reason.STATUS) {
      state.unanswered(attempt);
    }
    return leaveAlone(attempt, failure);
  }

  private <T> Future<T> leaveAlone(LoginTry attempt, Throwable failure) {
    plan.retire(attempt);
    return Future.failedFuture(failure);
  }

  private boolean note(Throwable failure) {
    if (!(failure instanceof Problem problem)) {
      throw new IllegalStateException(failure);
    }
    recorder.problem(problem);
    return problem.reason() != Reason.CONNECT && !problem.leavesDoubt();
  }

  private String situation(LoginTry attempt, ExpectedOutcome expected) {
    return attempt
        + " ("
        + state.userFailures(attempt.login())
        + " failures of the user, "
        + state.addressFailures(attempt.address())
        + " of the address, "
        + expected
        + ")";
  }

  private boolean seldom() {
    return random.nextInt(SELDOM) == 0;
  }
}
