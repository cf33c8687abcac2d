package sekisho.net;

/**
 * A trusted proxy does not say who the client is. Without a stack trace, which would cost more than
 * the request that a client can send as often as it likes.
 */
public final class UnknownClientException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message one sentence that may be shown to the client; holds nothing that the client sent
   */
  UnknownClientException(String message) {
    super(message, null, false, false);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
