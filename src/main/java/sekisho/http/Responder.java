package sekisho.http;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.http.page.ContentHeaders;
import sekisho.http.page.Pages;
import sekisho.http.request.BadRequestException;
import sekisho.http.request.HttpDate;
import sekisho.metrics.ServiceMetrics;

/**
 * Writes responses, with the headers that all of them have. It belongs to one event loop, which
 * tells it the {@code Date} once a second: it stands among the headers that are written down once,
 * and so costs a request nothing.
 */
final class Responder {

  private static final Logger LOG = LoggerFactory.getLogger(Responder.class);
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
  private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("Retry-After");
  private static final CharSequence ONE_SECOND = HttpHeaders.createOptimized("1");
  private static final CharSequence ZERO = HttpHeaders.createOptimized("0");

  private final Pages pages;
  private final ServiceMetrics metrics;
  private final MultiMap undatedPage;
  private final MultiMap undatedJson;
  private final List<Prepared> prepared = new ArrayList<>();
  private CharSequence date;
  private MultiMap pageHeaders;
  private MultiMap jsonHeaders;

  /**
   * An answer that is the same each time: its head is written down once a second, not put together
   * for each request.
   */
  static final class Prepared {

    private final int status;
    private final MultiMap undated;
    private final Buffer body;
    private @Nullable MultiMap headers;

    private Prepared(int status, MultiMap undated, Buffer body) {
      this.status = status;
      this.undated = undated;
      this.body = body;
    }
  }

  /**
   * @param secure whether browsers reach the service by HTTPS only
   */
  Responder(Pages pages, boolean secure, ServiceMetrics metrics) {
    this.pages = pages;
    this.metrics = metrics;
    this.undatedPage = ContentHeaders.page(pages.styleHash(), pages.scriptHash(), secure);
    this.undatedJson = ContentHeaders.json(secure);
    tick();
  }

  /** Takes notice of the time; to be called about once a second. */
  void tick() {
    date = HttpDate.now();
    pageHeaders = dated(undatedPage);
    jsonHeaders = dated(undatedJson);
    prepared.forEach(answer -> answer.headers = dated(answer.undated));
  }

  private MultiMap dated(MultiMap headers) {
    return headers.copy(true).set(HttpHeaders.DATE, date).copy(false);
  }

  private Prepared prepare(int status, MultiMap headers, Buffer body) {
    Prepared answer = new Prepared(status, headers.copy(false), body);
    answer.headers = dated(answer.undated);
    prepared.add(answer);
    return answer;
  }

  /** Prepares a page that takes a cookie from the client, or none if {@code setCookie} is null. */
  Prepared preparePage(Buffer page, @Nullable String setCookie) {
    return prepare(200, ContentHeaders.fixed(undatedPage, page.length(), setCookie), page);
  }

  /**
   * Prepares a redirect that sets a cookie. It has no more headers than it needs: browsers show
   * nothing of it, and the page that it leads to has the others.
   */
  Prepared prepareRedirect(String location, String... setCookies) {
    MultiMap headers =
        HttpHeaders.headers()
            .set(HttpHeaders.LOCATION, HttpHeaders.createOptimized(location))
            .set(HttpHeaders.CONTENT_LENGTH, ZERO)
            .set(HttpHeaders.CACHE_CONTROL, NO_STORE);
    for (String setCookie : setCookies) {
      headers.add(HttpHeaders.SET_COOKIE, HttpHeaders.createOptimized(setCookie));
    }
    return prepare(302, headers, Buffer.buffer());
  }

  /** Prepares an answer without content that may be kept. */
  Prepared prepareNothing(String cacheControl) {
    return prepare(
        204,
        HttpHeaders.headers()
            .set(HttpHeaders.CACHE_CONTROL, HttpHeaders.createOptimized(cacheControl)),
        Buffer.buffer());
  }

  /** Answers with what was prepared; no header may have been set before. */
  void send(HttpServerRequest request, Prepared answer) {
    HttpServerResponse response = request.response().setStatusCode(answer.status);
    response.headers().setAll(answer.headers);
    if (answer.body.length() == 0 || request.method() == HttpMethod.HEAD) {
      response.end();
    } else {
      response.end(answer.body);
    }
  }

  /** Answers 200 with a page; no header may have been set before. */
  void page(HttpServerRequest request, Buffer page) {
    send(request, page, pageHeaders);
  }

  /** Answers 200 with JSON; no header may have been set before. */
  void json(HttpServerRequest request, Buffer json) {
    send(request, json, jsonHeaders);
  }

  /** Answers 302, beside the headers that were set before. */
  void redirect(HttpServerRequest request, CharSequence location) {
    request
        .response()
        .setStatusCode(302)
        .putHeader(HttpHeaders.LOCATION, location)
        .putHeader(HttpHeaders.CONTENT_LENGTH, ZERO)
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .putHeader(HttpHeaders.DATE, date)
        .end();
  }

  /**
   * Answers with the error page of a status, unless the response has begun or its connection is
   * gone.
   */
  void error(HttpServerRequest request, int status) {
    error(request, status, pages.error(status), null, null);
  }

  /** Answers with an error page that says what is wrong with the input of an endpoint. */
  void refuse(HttpServerRequest request, BadRequestException problem) {
    metrics.count(problem.reason());
    error(
        request, problem.status(), pages.error(problem.status(), problem.getMessage()), null, null);
  }

  /**
   * Answers with an error page that says what is wrong with the request, and that the connection
   * ends with it.
   */
  void refuseAndClose(HttpServerRequest request, BadRequestException problem) {
    error(
        request,
        problem.status(),
        pages.error(problem.status(), problem.getMessage()),
        HttpHeaders.CONNECTION,
        HttpHeaders.CLOSE);
  }

  /** Answers 503: nothing is said about the attempt or the report that could not be made. */
  void unavailable(HttpServerRequest request) {
    error(request, 503, pages.error(503), RETRY_AFTER, ONE_SECOND);
  }

  /**
   * Answers 503 after an exception or Error of this process's own, whatever it was; ends the
   * connection where the answer has begun.
   */
  void failed(HttpServerRequest request, Throwable error) {
    LOG.error("{} {} failed", request.method(), request.path(), error);
    if (request.response().headWritten() && !request.response().ended()) {
      request.connection().close();
    } else {
      unavailable(request);
    }
  }

  /** Answers 405 with the methods that the path knows. */
  void methodNotAllowed(HttpServerRequest request, Set<HttpMethod> allowed) {
    error(
        request,
        405,
        pages.error(405),
        HttpHeaders.ALLOW,
        allowed.stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", ")));
  }

  /** Answers with an object that says what is wrong with the input of an endpoint for programs. */
  void refuseAsJson(HttpServerRequest request, BadRequestException problem) {
    metrics.count(problem.reason());
    errorAsJson(request, problem.status(), problem.getMessage());
  }

  /** Answers with an object that says what is wrong. */
  void errorAsJson(HttpServerRequest request, int status, String message) {
    HttpServerResponse response = request.response();
    if (response.headWritten() || response.closed()) {
      return;
    }
    response.setStatusCode(status).headers().setAll(jsonHeaders);
    if (status == 503) {
      response.putHeader(RETRY_AFTER, ONE_SECOND);
    }
    end(request, new JsonObject().put("error", message).toBuffer());
  }

  private void error(
      HttpServerRequest request,
      int status,
      Buffer page,
      @Nullable CharSequence name,
      @Nullable CharSequence value) {
    HttpServerResponse response = request.response();
    if (response.headWritten() || response.closed()) {
      return;
    }
    response.setStatusCode(status).headers().setAll(pageHeaders);
    if (name != null && value != null) {
      response.putHeader(name, value);
    }
    end(request, page);
  }

  private static void send(HttpServerRequest request, Buffer body, MultiMap headers) {
    request.response().headers().setAll(headers);
    end(request, body);
  }

  private static void end(HttpServerRequest request, Buffer body) {
    if (request.method() == HttpMethod.HEAD) {
      request
          .response()
          .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()))
          .end();
    } else {
      request.response().end(body);
    }
  }
}
