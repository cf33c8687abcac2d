package sekisho.testing;

import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import sekisho.login.Attempt;
import sekisho.login.OperatorAct;

/** Attempts for tests. */
public final class Attempts {

  /**
   * Names that are awkward to store: separators, quotes, escapes, control characters, four-byte
   * characters, the longest.
   */
  public static final List<String> AWKWARD_NAMES =
      List.of(
          "",
          " ",
          "a",
          "a ",
          "A",
          "tab\tand\ttab",
          "line\nbreak\r\n",
          "quote\"'`",
          "back\\slash\\u0041\\n\\",
          "%s%d",
          "関所",
          "😀👩‍👩‍👧",
          "e\u0301",
          "\u00e9",
          "\u0001\u001f\u007f\u0085\ufeff",
          "\uffff",
          "]],[[1",
          "ä".repeat(255),
          "😀".repeat(127) + "x",
          "x".repeat(255));

  private static final List<Long> USER_IDS =
      List.of(1L, 2L, -7L, Long.MAX_VALUE, Long.MIN_VALUE + 1);
  private static final List<String> ADDRESSES =
      List.of("192.0.2.1", "192.0.2.2", "2001:db8::1", "1234:1234:1234:1234:1234:1234:1234:1234");

  private Attempts() {}

  /** A wrong password of a user. */
  public static Attempt wrong(long userId, String address) {
    return new Attempt("user" + userId, OptionalLong.of(userId), false, address);
  }

  /** A right password of a user. */
  public static Attempt right(long userId, String address) {
    return new Attempt("user" + userId, OptionalLong.of(userId), true, address);
  }

  /** A name that is not a user. */
  public static Attempt unknown(String name, String address) {
    return new Attempt(name, OptionalLong.empty(), false, address);
  }

  /** The same attempt several times. */
  public static List<Attempt> times(int count, Attempt attempt) {
    return Collections.nCopies(count, attempt);
  }

  /** One attempt of few users, from few addresses, so that locks, bans and resets happen often. */
  public static Arbitrary<Attempt> attempt() {
    Arbitrary<OptionalLong> user =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.of(USER_IDS).map(OptionalLong::of)),
            Tuple.of(1, Arbitraries.just(OptionalLong.empty())));
    Arbitrary<Boolean> right = Arbitraries.integers().between(0, 9).map(n -> n < 4);
    Arbitrary<Boolean> allowed = Arbitraries.integers().between(0, 9).map(n -> n < 1);
    return Combinators.combine(
            Arbitraries.of(AWKWARD_NAMES), user, right, Arbitraries.of(ADDRESSES), allowed)
        .as(
            (name, id, matches, address, isAllowed) ->
                new Attempt(name, id, matches && id.isPresent(), address, isAllowed));
  }

  /** One act on one of the same users and addresses. */
  public static Arbitrary<OperatorAct> act() {
    return Combinators.combine(
            Arbitraries.of(OperatorAct.Kind.values()),
            Arbitraries.of(USER_IDS),
            Arbitraries.of(ADDRESSES),
            Arbitraries.of(true, false))
        .as(
            (kind, user, address, ofUser) ->
                kind == OperatorAct.Kind.LOCK || kind == OperatorAct.Kind.PARDON && ofUser
                    ? Histories.act(kind, OptionalLong.of(user), "関 所\t" + user)
                    : Histories.act(kind, OptionalLong.empty(), address));
  }

  /** What came in together, one burst after the other. */
  public static Arbitrary<List<List<Attempt>>> bursts() {
    return attempt().list().ofMinSize(1).ofMaxSize(40).list().ofMinSize(1).ofMaxSize(12);
  }
}
