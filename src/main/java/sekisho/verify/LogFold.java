package sekisho.verify;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import sekisho.login.CounterChange;
import sekisho.login.HistoryEntry;
import sekisho.login.LastLogins;
import sekisho.login.OperatorAct;
import sekisho.login.RecordedAttempt;
import sekisho.login.Success;
import sekisho.redis.LastLoginsReader.LastLoginsValue;
import sekisho.verify.Fact.Source;
import sekisho.verify.Fact.Subject;

/**
 * Turns attempts into facts about their addresses and users. Those of many attempts are folded
 * first, in a map of bounded size: addresses and users that try again and again make few facts. Not
 * thread-safe.
 */
final class LogFold {

  private static final int MAX_KEYS = 50_000;

  private final Consumer<Fact> facts;
  private final int maxKeys;
  private final Map<String, Change> addresses = new HashMap<>();
  private final Map<String, Change> users = new HashMap<>();
  private long last;

  /** What the attempts so far change for one key. */
  private static final class Change {
    private long change = CounterChange.NONE;
    private String logins = "";
  }

  LogFold(Consumer<Fact> facts) {
    this(facts, MAX_KEYS);
  }

  LogFold(Consumer<Fact> facts, int maxKeys) {
    this.facts = facts;
    this.maxKeys = maxKeys;
  }

  /** Takes the next entry of the history. */
  void add(HistoryEntry entry) {
    last = entry.sequence();
    single(
        entry,
        fact -> {
          Change change =
              (fact.subject() == Subject.ADDRESS ? addresses : users)
                  .computeIfAbsent(fact.key(), first -> new Change());
          change.change = CounterChange.then(change.change, fact.value());
          change.logins = Fact.logins(change.logins, fact.text());
        });
    if (addresses.size() + users.size() >= maxKeys) {
      flush();
    }
  }

  /** Gives the facts about all attempts so far. */
  void flush() {
    addresses.forEach(
        (key, change) -> facts.accept(fact(Subject.ADDRESS, key, last, change.change, "")));
    users.forEach(
        (key, change) -> facts.accept(fact(Subject.USER, key, last, change.change, change.logins)));
    addresses.clear();
    users.clear();
  }

  /**
   * Gives the facts about one entry, with its number: what is compared with them may be as of any
   * entry.
   */
  static void single(HistoryEntry entry, Consumer<Fact> facts) {
    long number = entry.sequence();
    if (entry instanceof OperatorAct act) {
      boolean ofUser = act.userId().isPresent();
      facts.accept(
          fact(
              ofUser ? Subject.USER : Subject.ADDRESS,
              ofUser ? Long.toString(act.userId().getAsLong()) : act.subject(),
              number,
              act.change(),
              ""));
    } else if (entry instanceof RecordedAttempt attempt) {
      long change = CounterChange.of(attempt);
      facts.accept(fact(Subject.ADDRESS, attempt.address(), number, change, ""));
      if (attempt.userId().isPresent()) {
        String user = Long.toString(attempt.userId().getAsLong());
        facts.accept(fact(Subject.USER, user, number, change, logins(attempt)));
      }
    }
  }

  private static Fact fact(Subject subject, String key, long number, long change, String logins) {
    return new Fact(subject, key, number, Source.LOG, change, logins);
  }

  private static String logins(RecordedAttempt attempt) {
    return attempt.succeeded() && attempt.userId().isPresent()
        ? LastLoginsValue.format(LastLogins.first(new Success(attempt.at(), attempt.address())))
        : "";
  }
}
