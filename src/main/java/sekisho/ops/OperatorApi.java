package sekisho.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.StoreUnavailableException;
import sekisho.mysql.DatabaseException;

/**
 * What operators do, over HTTP: the same as by commands, with the same words. {@code openapi.json}
 * describes it. Work that waits for the stores is done by a thread of its own, one request after
 * the other.
 */
public final class OperatorApi implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OperatorApi.class);
  private static final String OPEN_API = "/sekisho/ops/openapi.json";

  private final Operators operators;
  private final ExplanationReader explanations;
  private final StatusReader status;
  private final Supplier<BanList> report;
  private final ObjectMapper mapper = new ObjectMapper();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(work -> new Thread(work, "operator"));

  /** One act on the subject that a request names. */
  private interface Act {
    Object take(Subject subject, String operator, String reason);
  }

  /**
   * @param report flushes and reads the two lists
   */
  public OperatorApi(
      Operators operators,
      ExplanationReader explanations,
      StatusReader status,
      Supplier<BanList> report) {
    this.operators = operators;
    this.explanations = explanations;
    this.status = status;
    this.report = report;
  }

  /** Adds the routes. */
  void addTo(Router router) {
    look(router, "/openapi.json", context -> openApi());
    look(router, "/status", context -> status.read());
    look(router, "/report", context -> report.get());
    look(
        router,
        "/explain/:subject",
        context ->
            explanations.read(
                operators.subject(
                    context.pathParam("subject"),
                    "true".equals(context.request().getParam("user")))));
    look(router, "/allow", context -> operators.allowed());
    act(router, "/pardon", operators::pardon);
    act(router, "/ban", operators::ban);
    act(router, "/lock", operators::lock);
    post(
        router,
        "/allow",
        (context, body) ->
            Map.of(
                "allowed",
                operators.allow(
                    text(body, "block"), ManagementAccess.operator(context), reason(body))));
    post(
        router,
        "/disallow",
        (context, body) -> Map.of("removed", operators.disallow(text(body, "block"))));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  /** Does work that waits for the stores, after what was asked for before. */
  void inBackground(Runnable work) {
    try {
      thread.execute(work);
    } catch (RejectedExecutionException e) {
      LOG.debug("the service is ending");
    }
  }

  private JsonNode openApi() {
    try (InputStream in = OperatorApi.class.getResourceAsStream(OPEN_API)) {
      return mapper.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void look(Router router, String path, Function<RoutingContext, Object> work) {
    ManagementServer.get(router, path)
        .handler(context -> answer(context, () -> work.apply(context)));
  }

  private void act(Router router, String path, Act act) {
    post(
        router,
        path,
        (context, body) -> {
          boolean asUser = path.equals("/lock") || body.path("user").asBoolean();
          return act.take(
              operators.subject(text(body, "subject"), asUser),
              ManagementAccess.operator(context),
              reason(body));
        });
  }

  /** Work with the body of a request. */
  private interface WithBody {
    Object apply(RoutingContext context, JsonNode body);
  }

  private void post(Router router, String path, WithBody work) {
    router
        .post(path)
        .handler(
            context -> {
              String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
              if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
                ManagementServer.json(context, 415, error("the body must be application/json"));
                return;
              }
              context
                  .request()
                  .body()
                  .onSuccess(body -> answer(context, () -> work.apply(context, object(body))));
            });
  }

  private JsonNode object(Buffer body) {
    try {
      JsonNode read = mapper.readTree(body.getBytes());
      if (read != null && read.isObject()) {
        return read;
      }
    } catch (IOException e) {
      LOG.debug("a body that is no JSON: {}", e.getMessage());
    }
    throw new OperatorException("the body must be a JSON object");
  }

  private static String text(JsonNode body, String field) {
    JsonNode value = body.get(field);
    if (value == null || !value.isTextual() || value.textValue().isEmpty()) {
      throw new OperatorException("the body must have the text \"" + field + "\"");
    }
    return value.textValue();
  }

  private static String reason(JsonNode body) {
    JsonNode value = body.get("reason");
    return value == null || !value.isTextual() ? "" : value.textValue();
  }

  private void answer(RoutingContext context, Supplier<Object> work) {
    try {
      thread.execute(() -> answerNow(context, work));
    } catch (RejectedExecutionException e) {
      ManagementServer.json(context, 503, error("the service is ending"));
    }
  }

  private void answerNow(RoutingContext context, Supplier<Object> work) {
    try {
      ManagementServer.json(context, 200, Buffer.buffer(mapper.writeValueAsBytes(work.get())));
    } catch (OperatorException e) {
      ManagementServer.json(context, 400, error(String.valueOf(e.getMessage())));
    } catch (StoreUnavailableException | DatabaseException e) {
      ManagementServer.json(context, 503, error(String.valueOf(e.getMessage())));
    } catch (JsonProcessingException | RuntimeException | Error e) {
      LOG.error("a request of an operator failed", e);
      ManagementServer.json(context, 500, error(e.toString()));
    }
  }

  private static JsonObject error(String message) {
    return new JsonObject().put("error", message);
  }
}
