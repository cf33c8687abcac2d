package sekisho.bench.client;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpHeaders;
import java.io.IOException;
import java.time.Duration;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Reason;
import sekisho.bench.load.Recorder;

/**
 * A keep-alive connection with one request at a time on it. It opens when it is first needed, and
 * again after the server closed it. To be used on one event loop.
 */
public final class ClientConnection implements ServerConnection {

  private final HttpClientAgent client;
  private final HttpConnectOptions target;
  private final long timeoutNanos;
  private final Recorder recorder;
  private HttpClientConnection connection;
  private boolean waiting;
  private boolean timedOut;
  private long sentAt;

  ClientConnection(
      HttpClientAgent client, HttpConnectOptions target, Duration timeout, Recorder recorder) {
    this.client = client;
    this.target = target;
    this.timeoutNanos = timeout.toNanos();
    this.recorder = recorder;
  }

  /**
   * Sends a request and reads the whole answer, timed from now on.
   *
   * @return fails with a {@link Problem} only
   */
  public Future<Response> send(Request request) {
    return send(request, System.nanoTime());
  }

  /**
   * Like {@link #send(Request)}, but timed from the moment at which the request was due, in {@code
   * nanoTime}.
   */
  public Future<Response> send(Request request, long due) {
    Future<HttpClientConnection> open =
        connection == null ? connect() : Future.succeededFuture(connection);
    return open.compose(ready -> exchange(ready, request))
        .transform(
            result -> {
              waiting = false;
              if (result.failed()) {
                drop();
                return Future.failedFuture(problem(request, result.cause()));
              }
              recorder.answered(request.kind(), due, System.nanoTime());
              return Future.succeededFuture(result.result());
            });
  }

  @Override
  public void checkTimeout() {
    if (waiting && System.nanoTime() - sentAt > timeoutNanos) {
      timedOut = true;
      drop();
    }
  }

  @Override
  public void close() {
    drop();
  }

  private Future<HttpClientConnection> connect() {
    return client
        .connect(target)
        .transform(
            result -> {
              if (result.failed()) {
                return Future.failedFuture(
                    new Problem(Reason.CONNECT, result.cause().getMessage()));
              }
              HttpClientConnection opened = result.result();
              connection = opened;
              opened.closeHandler(
                  closed -> {
                    if (connection == opened) {
                      connection = null;
                    }
                  });
              return Future.succeededFuture(opened);
            });
  }

  private Future<Response> exchange(HttpClientConnection ready, Request request) {
    waiting = true;
    timedOut = false;
    sentAt = System.nanoTime();
    return ready
        .request(request.options())
        .compose(ask -> sent(ask, request.body()))
        .compose(answer -> answer.body().map(body -> response(answer, body)));
  }

  private static Future<HttpClientResponse> sent(HttpClientRequest ask, Buffer body) {
    return body == null ? ask.send() : ask.send(body);
  }

  private Response response(HttpClientResponse answer, Buffer body) {
    if ("close".equalsIgnoreCase(answer.getHeader(HttpHeaders.CONNECTION))) {
      drop();
    }
    return new Response(answer.statusCode(), answer.headers(), body);
  }

  private void drop() {
    HttpClientConnection old = connection;
    connection = null;
    if (old != null) {
      old.close();
    }
  }

  private Problem problem(Request request, Throwable cause) {
    if (cause instanceof Problem problem) {
      return problem;
    }
    if (timedOut) {
      return new Problem(
          Reason.TIMEOUT, request + ": no answer within " + timeoutNanos / 1_000_000_000L + " s");
    }
    if (cause instanceof HttpClosedException || cause instanceof IOException) {
      return new Problem(Reason.CUT_OFF, request + ": " + cause.getMessage());
    }
    return new Problem(Reason.MALFORMED, request + ": " + cause.getMessage());
  }
}
