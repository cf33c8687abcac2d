package sekisho.metrics;

/** What an instance counts about itself, beside the outcomes and the refusals. */
public enum Event {
  MAJORITY(
      "sekisho_attempts_majority", "Times that one address made most of 100 attempts in a row"),
  UNAVAILABLE("sekisho_unavailable", "Attempts answered with 503"),
  BATCH("sekisho_batches", "Calls to Redis that decided attempts"),
  FLUSHED("sekisho_flushed", "Attempts moved to MySQL by this instance"),
  ACCESS_LOG_DROPPED(
      "sekisho_access_log_dropped", "Lines that the access log lacks, as it could not keep up"),
  QUARANTINED("sekisho_quarantined", "Queue rows put into quarantine"),
  REPAIR("sekisho_repairs", "Times that Redis did not hold the history of MySQL"),
  GIVEN_BACK(
      "sekisho_given_back", "Answered attempts that Redis lost and this instance gave back to it"),
  /** Redis lost them and nobody could give them back, or MySQL refused them. */
  LOST("sekisho_lost", "Answered attempts that Redis is known to have lost");

  private final String metric;
  private final String description;

  Event(String metric, String description) {
    this.metric = metric;
    this.description = description;
  }

  /** The name of the counter, to which Prometheus adds {@code _total}. */
  public String metric() {
    return metric;
  }

  /** The help text of the counter, one line. */
  public String description() {
    return description;
  }
}
