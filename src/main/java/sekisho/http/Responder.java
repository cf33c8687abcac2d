package sekisho.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Set;
import java.util.stream.Collectors;
import sekisho.http.page.Pages;
import sekisho.metrics.Refusal;
import sekisho.metrics.ServiceMetrics;

/** Writes responses, with the headers that all of them have. */
final class Responder {

  private static final CharSequence HTML = HttpHeaders.createOptimized("text/html; charset=utf-8");
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
  private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("Retry-After");
  private static final CharSequence ONE_SECOND = HttpHeaders.createOptimized("1");
  private static final CharSequence POLICY = HttpHeaders.createOptimized("Content-Security-Policy");
  private static final CharSequence CONTENT_TYPE_OPTIONS = HttpHeaders.createOptimized("X-Content-Type-Options");
  private static final CharSequence NO_SNIFF = HttpHeaders.createOptimized("nosniff");

  private final Pages pages;
  private final ServiceMetrics metrics;
  private final CharSequence policy;

  Responder(Pages pages, ServiceMetrics metrics) {
    this.pages = pages;
    this.metrics = metrics;
    // Pages are self-contained and have one style: browsers neither load nor run what else may get into them.
    this.policy = HttpHeaders.createOptimized("default-src 'none'; style-src '" + pages.styleHash()
        + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
  }

  /** Answers 200 with a page. */
  void page(HttpServerRequest request, Buffer page) {
    html(request, page);
  }

  /** Answers 200 with JSON. */
  void json(HttpServerRequest request, Buffer json) {
    send(request, json, JSON);
  }

  /** Answers 302. */
  void redirect(HttpServerRequest request, CharSequence location) {
    request.response().setStatusCode(302)
        .putHeader(HttpHeaders.LOCATION, location)
        .putHeader(HttpHeaders.CONTENT_LENGTH, "0")
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .end();
  }

  /** Answers with the error page of a status, unless the response has begun or its connection is gone. */
  void error(HttpServerRequest request, int status) {
    error(request, status, pages.error(status));
  }

  /** Answers with an error page that says what is wrong with the input of an endpoint. */
  void refuse(HttpServerRequest request, BadRequestException problem) {
    metrics.refused(Refusal.INPUT);
    reject(request, problem);
  }

  /** Answers with an error page that says what is wrong with the request. */
  void reject(HttpServerRequest request, BadRequestException problem) {
    error(request, problem.status(), pages.error(problem.status(), problem.getMessage()));
  }

  private void error(HttpServerRequest request, int status, Buffer page) {
    HttpServerResponse response = request.response();
    if (response.headWritten() || response.closed()) {
      return;
    }
    response.setStatusCode(status);
    html(request, page);
  }

  /** Answers 503: nothing is said about the attempt or the report that could not be made. */
  void unavailable(HttpServerRequest request) {
    request.response().putHeader(RETRY_AFTER, ONE_SECOND);
    error(request, 503);
  }

  /** Answers 405 with the methods that the path knows. */
  void methodNotAllowed(HttpServerRequest request, Set<HttpMethod> allowed) {
    request.response().putHeader(HttpHeaders.ALLOW,
        allowed.stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", ")));
    error(request, 405);
  }

  private void html(HttpServerRequest request, Buffer page) {
    request.response().putHeader(POLICY, policy).putHeader(CONTENT_TYPE_OPTIONS, NO_SNIFF);
    send(request, page, HTML);
  }

  private static void send(HttpServerRequest request, Buffer body, CharSequence type) {
    HttpServerResponse response = request.response()
        .putHeader(HttpHeaders.CONTENT_TYPE, type)
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
    if (request.method() == HttpMethod.HEAD) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length())).end();
    } else {
      response.end(body);
    }
  }
}
