package sekisho.tools.bench;

import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The requests of one raw connection in their order, and a look at status and redirect of each answer. */
final class RawSession {

  private List<Step> steps = List.of();
  private int at;
  private int repeatFrom;
  private CookieJar cookies = new CookieJar();

  /** A step that must be answered with 200. */
  static Step page(Supplier<Request> request) {
    return new Step(request, null);
  }

  /** A step that must be answered with a redirect to this path. */
  static Step redirect(String path, Supplier<Request> request) {
    return new Step(request, path);
  }

  /** Sets a step that is taken once, before the others. */
  RawSession first(Step step) {
    steps = List.of(step);
    repeatFrom = 1;
    return this;
  }

  /** Sets the steps that are taken again and again. */
  RawSession repeat(Step... repeated) {
    steps = Stream.concat(steps.stream(), Stream.of(repeated)).toList();
    return this;
  }

  /** The next request. */
  Request next() {
    return steps.get(at).request.get();
  }

  /**
   * Looks at the answer, and goes on to the next step.
   *
   * @return null when the answer is right
   */
  Problem answered(Request request, Response response) {
    String expected = steps.get(at).redirect;
    if (++at == steps.size()) {
      at = repeatFrom;
    }
    if (expected == null) {
      return response.status() == 200 ? null
          : new Problem(Reason.STATUS, request + ": expected 200, got " + response.status());
    }
    if (!response.isRedirect()) {
      return new Problem(Reason.STATUS, request + ": expected 302, got " + response.status());
    }
    cookies = new CookieJar();
    cookies.store(response.header().getAll(HttpHeaders.SET_COOKIE));
    return expected.equals(response.locationPath()) ? null : new Problem(Reason.REDIRECT, request
        + ": expected a redirect to " + expected + ", got one to " + response.locationPath()
        + "; earlier raw runs may have locked the user: run make init");
  }

  /** The cookies of the newest redirect, as a header value; null for none. */
  String cookies() {
    return cookies.header();
  }

  /**
   * One request of a session.
   *
   * @param request makes it ready
   * @param redirect the path that the answer must redirect to; null when it must be a page
   */
  record Step(Supplier<Request> request, String redirect) {
  }
}
