package sekisho.bench.raw;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import sekisho.bench.client.AnswerReader;
import sekisho.bench.client.CookieJar;
import sekisho.bench.client.RawRequest;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Reason;

/**
 * The requests of one raw connection in their order, and a look at status and redirect of each
 * answer.
 */
final class RawSession {

  private List<Step> steps = List.of();
  private int at;
  private int repeatFrom;
  private List<String> cookies = List.of();

  /** A step that must be answered with 200. */
  static Step page(Supplier<RawRequest> request) {
    return new Step(request, null);
  }

  /** A step that must be answered with a redirect to this path. */
  static Step redirect(String path, Supplier<RawRequest> request) {
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
  RawRequest next() {
    return steps.get(at).request.get();
  }

  /**
   * Looks at the answer, and goes on to the next step.
   *
   * @return null when the answer is right
   */
  Problem answered(RawRequest request, AnswerReader response) {
    String expected = steps.get(at).redirect;
    if (++at == steps.size()) {
      at = repeatFrom;
    }
    if (expected == null) {
      return response.status() == 200
          ? null
          : new Problem(Reason.STATUS, request + ": expected 200, got " + response.status());
    }
    if (response.status() != 302 && response.status() != 303) {
      return new Problem(Reason.STATUS, request + ": expected 302, got " + response.status());
    }
    cookies = response.cookies();
    String path = response.locationPath();
    return expected.equals(path)
        ? null
        : new Problem(
            Reason.REDIRECT,
            request
                + ": expected a redirect to "
                + expected
                + ", got one to "
                + path
                + "; earlier raw runs may have locked the user: run make init");
  }

  /** The cookies of the newest redirect, as a header value; null for none. */
  String cookies() {
    CookieJar jar = new CookieJar();
    jar.store(cookies);
    return jar.header();
  }

  /**
   * One request of a session.
   *
   * @param request makes it ready
   * @param redirect the path that the answer must redirect to; null when it must be a page
   */
  record Step(Supplier<RawRequest> request, String redirect) {}
}
