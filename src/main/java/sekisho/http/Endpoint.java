package sekisho.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import sekisho.http.request.BadRequestException;

/** Answers one path: reads and checks the input, acts, renders. */
interface Endpoint {

  /** The methods that the path knows; others are answered with 405. */
  Set<HttpMethod> methods();

  /**
   * Answers a request whose method is one of {@link #methods}.
   *
   * @throws BadRequestException to answer with its status
   */
  void handle(HttpServerRequest request);
}
