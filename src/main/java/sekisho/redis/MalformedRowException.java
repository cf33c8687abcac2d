package sekisho.redis;

/** A row of the queue, or a value in Redis, that this service did not write. */
public final class MalformedRowException extends Exception {

  /**
   * @param message what is wrong with it, at most 255 characters
   */
  public MalformedRowException(String message) {
    super(message);
  }
}
