package sekisho.bench.load;

import io.vertx.core.Future;
import java.util.List;

/** A way of driving the service. All methods are called on the event loop. */
public interface Load {

  /** Begins; the result completes when every worker has ended, by itself or after {@link #stop}. */
  Future<Void> start();

  /** The warm-up is over: a backlog that grew in it is forgotten. */
  default void restart() {}

  /** Asks the workers to end after what they are at. */
  void stop();

  /** Things a reader of the results should know, a line each. */
  List<String> remarks();
}
