package sekisho.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import sekisho.http.request.BadRequestException;
import sekisho.metrics.Refusal;
import sekisho.metrics.ServiceMetrics;

/**
 * Answers requests that reach no endpoint, since they are not HTTP or break a limit; Vert.x closes
 * the connection then.
 */
final class InvalidRequests implements Handler<HttpServerRequest> {

  private static final BadRequestException LONG_LINE =
      new BadRequestException(414, "The request line is too long.");
  private static final BadRequestException LONG_HEADERS =
      new BadRequestException(431, "The headers are too long.");
  private static final BadRequestException NOT_HTTP =
      new BadRequestException(400, "The request is not valid HTTP.");

  private final Responder responder;
  private final ServiceMetrics metrics;

  InvalidRequests(Responder responder, ServiceMetrics metrics) {
    this.responder = responder;
    this.metrics = metrics;
  }

  @Override
  public void handle(HttpServerRequest request) {
    BadRequestException problem = problem(request.decoderResult().cause());
    metrics.count(reason(problem.status()));
    responder.refuseAndClose(request, problem);
  }

  private static BadRequestException problem(Throwable cause) {
    if (cause instanceof BadRequestException found) {
      return found;
    }
    if (cause instanceof TooLongHttpLineException) {
      return LONG_LINE;
    }
    return cause instanceof TooLongHttpHeaderException ? LONG_HEADERS : NOT_HTTP;
  }

  private static Refusal reason(int status) {
    return switch (status) {
      case 408 -> Refusal.SLOW_REQUEST;
      case 413 -> Refusal.BODY_TOO_LARGE;
      case 414 -> Refusal.LINE_TOO_LONG;
      case 431 -> Refusal.HEADERS_TOO_LARGE;
      default -> Refusal.MALFORMED;
    };
  }
}
