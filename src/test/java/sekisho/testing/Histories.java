package sekisho.testing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import sekisho.login.HistoryEntry;
import sekisho.login.OperatorAct;
import sekisho.login.OperatorAct.Kind;
import sekisho.login.RecordedAttempt;

/** Random histories of attempts and acts of operators. */
public final class Histories {

  private static final List<String> ADDRESSES = List.of("192.0.2.1", "192.0.2.2", "2001:db8::1");

  private Histories() {}

  /**
   * Histories of few users and addresses, in which bans, locks and pardons happen often; successes
   * of locked users, too, as another program may have logged them.
   *
   * @param begin the time before the first entry, a millisecond each
   */
  public static Arbitrary<List<HistoryEntry>> of(Instant begin) {
    Arbitrary<OptionalLong> user =
        Arbitraries.longs()
            .between(0, 3)
            .map(id -> id == 0 ? OptionalLong.empty() : OptionalLong.of(id));
    Arbitrary<HistoryEntry> attempt =
        Combinators.combine(user, Arbitraries.of(ADDRESSES), Arbitraries.integers().between(0, 9))
            .as(
                (id, address, luck) ->
                    new RecordedAttempt(
                        1, Instant.EPOCH, id, "name", address, luck < 3 && id.isPresent()));
    return Arbitraries.frequencyOf(Tuple.of(6, attempt), Tuple.of(1, acts().map(act -> act)))
        .list()
        .ofMaxSize(60)
        .map(entries -> numbered(entries, begin));
  }

  /** One act on one of few users and addresses. */
  public static Arbitrary<OperatorAct> acts() {
    return Combinators.combine(
            Arbitraries.of(Kind.values()),
            Arbitraries.longs().between(1, 3),
            Arbitraries.of(ADDRESSES),
            Arbitraries.of(true, false))
        .as(
            (kind, user, address, ofUser) ->
                kind == Kind.LOCK || kind == Kind.PARDON && ofUser
                    ? act(kind, OptionalLong.of(user), "user" + user)
                    : act(kind, OptionalLong.empty(), address));
  }

  /** An act that has no place in a history yet. */
  public static OperatorAct act(Kind kind, OptionalLong userId, String subject) {
    return new OperatorAct(1, Instant.EPOCH, kind, userId, subject, "tester", "a reason");
  }

  private static List<HistoryEntry> numbered(List<HistoryEntry> entries, Instant begin) {
    List<HistoryEntry> history = new ArrayList<>();
    for (HistoryEntry entry : entries) {
      long number = history.size() + 1L;
      Instant at = begin.plusMillis(number);
      history.add(
          entry instanceof RecordedAttempt attempt
              ? new RecordedAttempt(
                  number,
                  at,
                  attempt.userId(),
                  attempt.login(),
                  attempt.address(),
                  attempt.succeeded())
              : at(number, at, (OperatorAct) entry));
    }
    return history;
  }

  private static OperatorAct at(long number, Instant at, OperatorAct act) {
    return new OperatorAct(
        number, at, act.kind(), act.userId(), act.subject(), act.operator(), act.reason());
  }
}
