package sekisho.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** Reads a form's body, up to a limit (SPEC section 2). */
final class FormBody {

  /** 8 KiB. */
  static final int LIMIT = 8 * 1024;

  private final Handler<Buffer> onBody;
  private final Handler<BadRequestException> onTooLarge;
  private Buffer body;
  private boolean tooLarge;

  private FormBody(Handler<Buffer> onBody, Handler<BadRequestException> onTooLarge) {
    this.onBody = onBody;
    this.onTooLarge = onTooLarge;
  }

  /**
   * Reads the body.
   *
   * @param request the request, whose body has not been read
   * @param onBody gets the whole body
   * @param onTooLarge is called, instead, as soon as it is clear that the body is over the limit
   */
  static void read(HttpServerRequest request, Handler<Buffer> onBody, Handler<BadRequestException> onTooLarge) {
    FormBody form = new FormBody(onBody, onTooLarge);
    request.handler(form::chunk);
    request.endHandler(form::end);
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    // Netty has refused a length that is not a number. One with more digits than the limit is over it.
    if (length != null && (length.length() > 9 || Integer.parseInt(length) > LIMIT)) {
      form.refuse();
    }
  }

  private void chunk(Buffer chunk) {
    if (tooLarge) {
      return;
    }
    int length = (body == null ? 0 : body.length()) + chunk.length();
    if (length > LIMIT) {
      refuse();
    } else if (body == null) {
      body = chunk;
    } else {
      body = Buffer.buffer(length).appendBuffer(body).appendBuffer(chunk);
    }
  }

  private void end(Void end) {
    if (!tooLarge) {
      onBody.handle(body == null ? Buffer.buffer() : body);
    }
  }

  private void refuse() {
    tooLarge = true;
    onTooLarge.handle(new BadRequestException(413, "The form is over " + LIMIT + " bytes."));
  }
}
