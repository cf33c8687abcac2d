package sekisho.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** Collects a form's body, which has the length that requests may have. */
final class FormBody {

  /** The longest body that a request may have, in bytes (SPEC section 2). */
  static final int LIMIT = 8 * 1024;

  private final Handler<Buffer> onBody;
  private @Nullable Buffer body;

  private FormBody(Handler<Buffer> onBody) {
    this.onBody = onBody;
  }

  /**
   * Reads the body.
   *
   * @param request the request, whose body has not been read
   * @param onBody gets the whole body
   */
  static void read(HttpServerRequest request, Handler<Buffer> onBody) {
    FormBody form = new FormBody(onBody);
    request.handler(form::chunk);
    request.endHandler(form::end);
  }

  private void chunk(Buffer chunk) {
    if (body == null) {
      body = chunk;
    } else {
      body = Buffer.buffer(body.length() + chunk.length()).appendBuffer(body).appendBuffer(chunk);
    }
  }

  private void end(Void end) {
    onBody.handle(body == null ? Buffer.buffer() : body);
  }
}
