package sekisho.bench;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;

/**
 * A server that answers at once: a 3 KB page for {@code GET}, a redirect for {@code POST}, decided
 * by nothing but the first letter of the password. It is what the generator's own speed is measured
 * against, in a process of its own: {@code java -cp … sekisho.bench.BareServer 18080}.
 */
public final class BareServer extends AbstractVerticle {

  private static final Buffer PAGE =
      Buffer.buffer("<!DOCTYPE html><title>bare</title><p>" + "x".repeat(3_000));

  private final int port;

  private BareServer(int port) {
    this.port = port;
  }

  /**
   * Serves until the process is ended.
   *
   * @param args the port on 127.0.0.1
   */
  public static void main(String[] args) {
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    vertx
        .deployVerticle(() -> new BareServer(Integer.parseInt(args[0])), new DeploymentOptions())
        .onSuccess(id -> System.out.println("ready"))
        .onFailure(
            failure -> {
              System.err.println(failure.getMessage());
              System.exit(1);
            });
  }

  @Override
  public void start(Promise<Void> started) {
    vertx
        .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port))
        .requestHandler(
            request -> {
              if (request.method() == HttpMethod.POST) {
                request
                    .response()
                    .setStatusCode(302)
                    .putHeader("Location", "/")
                    .putHeader("Set-Cookie", "notice=w")
                    .end();
              } else {
                request.response().putHeader("Content-Type", "text/html; charset=utf-8").end(PAGE);
              }
            })
        .listen()
        .<Void>mapEmpty()
        .onComplete(started);
  }
}
