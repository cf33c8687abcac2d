package sekisho.testing;

import io.vertx.core.Future;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Turns the answer of an asynchronous client into a plain value, for tests. */
public final class Waiting {

  private static final long SECONDS = 10;

  private Waiting() {}

  /**
   * The value of the future.
   *
   * @throws IllegalStateException if it fails, with its cause, or takes more than 10 s
   */
  public static <T> T on(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("no answer within " + SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
