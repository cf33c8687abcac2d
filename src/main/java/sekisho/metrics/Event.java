package sekisho.metrics;

/** What an instance counts about itself, beside the outcomes and the refusals. */
public enum Event {
  MAJORITY(
      "sekisho.attempts.majority", "Times that one address made most of 100 attempts in a row"),
  UNAVAILABLE("sekisho.unavailable", "Attempts answered with 503"),
  BATCH("sekisho.batches", "Calls to Redis that decided attempts"),
  FLUSHED("sekisho.flushed", "Attempts moved to MySQL by this instance"),
  QUARANTINED("sekisho.quarantined", "Queue rows put into quarantine"),
  REPAIR("sekisho.repairs", "Times that Redis did not hold the history of MySQL"),
  GIVEN_BACK(
      "sekisho.given.back", "Answered attempts that Redis lost and this instance gave back to it"),
  /** Redis lost them and nobody could give them back, or MySQL refused them. */
  LOST("sekisho.lost", "Answered attempts that Redis is known to have lost");

  private final String metric;
  private final String description;

  Event(String metric, String description) {
    this.metric = metric;
    this.description = description;
  }

  /** The name of the counter, with dots as Micrometer has it. */
  public String metric() {
    return metric;
  }

  /** The help text of the counter, one line. */
  public String description() {
    return description;
  }
}
