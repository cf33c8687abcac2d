package sekisho.verify;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import sekisho.login.LastLogins;
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
    private long change;
    private String logins = "";
  }

  LogFold(Consumer<Fact> facts) {
    this(facts, MAX_KEYS);
  }

  LogFold(Consumer<Fact> facts, int maxKeys) {
    this.facts = facts;
    this.maxKeys = maxKeys;
  }

  /** Takes the next attempt of the log. */
  void add(RecordedAttempt attempt) {
    last = attempt.sequence();
    Change address = addresses.computeIfAbsent(attempt.address(), first -> new Change());
    address.change = Fact.together(address.change, change(attempt));
    if (attempt.userId().isPresent()) {
      Change user = users.computeIfAbsent(user(attempt), first -> new Change());
      user.change = Fact.together(user.change, change(attempt));
      user.logins = Fact.logins(user.logins, logins(attempt));
    }
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
   * Gives the facts about one attempt, with its number: what is compared with them may be as of any
   * attempt.
   */
  static void single(RecordedAttempt attempt, Consumer<Fact> facts) {
    long number = attempt.sequence();
    facts.accept(fact(Subject.ADDRESS, attempt.address(), number, change(attempt), ""));
    if (attempt.userId().isPresent()) {
      facts.accept(fact(Subject.USER, user(attempt), number, change(attempt), logins(attempt)));
    }
  }

  private static Fact fact(Subject subject, String key, long number, long change, String logins) {
    return new Fact(subject, key, number, Source.LOG, change, logins);
  }

  private static String user(RecordedAttempt attempt) {
    return Long.toString(attempt.userId().getAsLong());
  }

  private static long change(RecordedAttempt attempt) {
    return Fact.change(attempt.succeeded(), attempt.succeeded() ? 0 : 1);
  }

  private static String logins(RecordedAttempt attempt) {
    return attempt.succeeded() && attempt.userId().isPresent()
        ? LastLoginsValue.format(LastLogins.first(new Success(attempt.at(), attempt.address())))
        : "";
  }
}
