package sekisho.http.request;

import sekisho.metrics.Refusal;

/**
 * A request that the client has to mend: it is answered with a 4xx status and never changes
 * anything. It carries no stack trace, because a client may cause it as often as it likes, and a
 * trace costs more than the request.
 */
public final class BadRequestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final Refusal reason;

  /**
   * @param message what is wrong, one sentence that may be shown to the client; holds nothing that
   *     the client sent
   */
  public BadRequestException(int status, String message) {
    this(status, message, Refusal.INPUT);
  }

  public BadRequestException(int status, String message, Refusal reason) {
    super(message, null, false, false);
    if (status < 400 || status > 499) {
      throw new IllegalArgumentException(status + " is not a status for a client's mistake");
    }
    this.status = status;
    this.reason = reason;
  }

  /** Returns what it is counted as when an endpoint refuses it. */
  public Refusal reason() {
    return reason;
  }

  /** Returns the HTTP status of the answer, 400 to 499. */
  public int status() {
    return status;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
