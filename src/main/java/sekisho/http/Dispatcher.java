package sekisho.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.Set;
import sekisho.http.request.BadRequestException;

/** Finds the endpoint of a request by its exact path. */
final class Dispatcher implements Handler<HttpServerRequest> {

  private final Map<String, Endpoint> endpoints;
  private final Responder responder;
  private final RequestNotes notes;

  Dispatcher(Map<String, Endpoint> endpoints, Responder responder, RequestNotes notes) {
    this.endpoints = Map.copyOf(endpoints);
    this.responder = responder;
    this.notes = notes;
  }

  @Override
  public void handle(HttpServerRequest request) {
    notes.begun(request);
    Endpoint endpoint = endpoints.get(request.path());
    if (endpoint == null) {
      responder.error(request, 404);
      return;
    }
    HttpMethod method = request.method();
    if (!endpoint.methods().contains(method)) {
      responder.methodNotAllowed(request, endpoint.methods());
      return;
    }
    try {
      endpoint.handle(request);
    } catch (BadRequestException e) {
      responder.refuse(request, e);
    } catch (RuntimeException | Error e) {
      responder.failed(request, e);
    }
  }

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
}
