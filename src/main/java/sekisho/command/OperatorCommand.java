package sekisho.command;

import sekisho.login.StoreUnavailableException;
import sekisho.mysql.Schema;
import sekisho.mysql.ServiceState;
import sekisho.redis.LoginQueue;

/** A command by which an operator looks or acts, with its result as lines or as JSON. */
abstract class OperatorCommand extends StoreCommand {

  @Override
  protected final int run(Workplace workplace) throws Exception {
    Schema.requireFit(workplace.stores().database());
    return act(workplace);
  }

  /** Does the work and returns the exit status. */
  abstract int act(Workplace workplace) throws Exception;

  /**
   * Lets this process act on Redis and flush its queue: it takes part as an instance does that has
   * answered nothing.
   *
   * @throws StoreUnavailableException when Redis does not hold the history of MySQL, or may lack
   *     part of it; a running instance mends that
   */
  static void admit(Workplace workplace) {
    ServiceState mySql =
        workplace
            .stores()
            .database()
            .inTransaction(ServiceState::read)
            .filter(state -> !state.beingReplaced())
            .orElseThrow(
                () ->
                    new StoreUnavailableException(
                        "the stores are empty or being replaced: start the service, or run `make init`"));
    LoginQueue.State redis = workplace.stores().queue().state();
    workplace.stores().admitted().admitted(mySql.epoch(), redis.server().runId());
    workplace.stores().admitted().require(redis, mySql.watermark());
  }
}
