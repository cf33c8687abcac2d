package sekisho.redis;

import io.vertx.redis.client.impl.types.ErrorType;
import sekisho.login.StoreUnavailableException;

/** Tells an error that Redis answered from a failure to get an answer. */
final class RedisErrors {

  private RedisErrors() {
  }

  /** Whether Redis itself answered with this error: then the command has had no effect. */
  static boolean isReply(Throwable error) {
    // The client reports its own troubles with the same type.
    return error instanceof ErrorType reply && !reply.is("CONNECTION_CLOSED") && !reply.is("ILLEGAL_STATE");
  }

  /** What the callers of a store are told of any failure. */
  static StoreUnavailableException unavailable(Throwable error) {
    return error instanceof StoreUnavailableException known ? known : new StoreUnavailableException(error.getMessage());
  }

  /** Whether Redis answered with an error of this code, such as NOSCRIPT. */
  static boolean is(Throwable error, String code) {
    return isReply(error) && ((ErrorType) error).is(code);
  }
}
