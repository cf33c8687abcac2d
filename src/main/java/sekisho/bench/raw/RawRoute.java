package sekisho.bench.raw;

import java.util.function.Supplier;
import sekisho.bench.client.RawRequest;
import sekisho.bench.load.RequestKind;

/** What a connection asks for in raw mode, request after request. */
public enum RawRoute {
  /** {@code GET /}. */
  TOP,
  /** A wrong password of a known user. */
  FAIL,
  /** A right login, then the member page with its session. */
  LOGIN,
  /** The member page, with the session of one login at the start. */
  MYPAGE,
  /** {@code GET /}, a login (one in five right), and the page behind it. */
  MIXED;

  private static final int ADDRESSES = 65_536;

  /**
   * Odd, so that the addresses of a round are all different, in an order that no table likes better
   * than another.
   */
  private static final int ADDRESS_STEP = 40_503;

  /**
   * The requests of one connection.
   *
   * @param number the number of the connection, from 0
   * @param connections how many there are; each has users and addresses of its own
   * @param forms the logins
   * @param requests makes the requests
   */
  public RawSession session(
      int number, int connections, RawForms forms, RawRequest.Maker requests) {
    RawSession session = new RawSession();
    Turns guesses = new Turns(number, connections, forms.wrong().size());
    Turns owners = new Turns(number, connections, forms.right().size());
    RawRequest top = requests.get(RequestKind.TOP, "/", "127.32.0.1", null);
    Supplier<RawRequest> fail =
        () -> {
          int turn = guesses.next();
          return requests.login(forms.wrong().get(guesses.index(turn)), address(33, turn));
        };
    Supplier<RawRequest> right =
        () -> {
          int turn = owners.next();
          return requests.login(forms.right().get(owners.index(turn)), address(34, turn));
        };
    Supplier<RawRequest> member =
        () -> requests.get(RequestKind.MEMBER, "/mypage", "127.34.0.1", session.cookies());
    switch (this) {
      case TOP -> session.repeat(RawSession.page(() -> top));
      case FAIL -> session.repeat(RawSession.redirect("/", fail));
      case LOGIN -> session.repeat(RawSession.redirect("/mypage", right), RawSession.page(member));
      case MYPAGE ->
          session.first(RawSession.redirect("/mypage", right)).repeat(RawSession.page(member));
      case MIXED -> {
        RawSession.Step page = RawSession.page(() -> top);
        RawSession.Step guess = RawSession.redirect("/", fail);
        session.repeat(
            page,
            RawSession.redirect("/mypage", right),
            RawSession.page(member),
            page,
            guess,
            page,
            page,
            guess,
            page,
            page,
            guess,
            page,
            page,
            guess,
            page);
      }
    }
    return session;
  }

  /** What most of its requests are timed as. */
  public RequestKind mainKind() {
    return switch (this) {
      case TOP, MIXED -> RequestKind.TOP;
      case FAIL, LOGIN -> RequestKind.LOGIN;
      case MYPAGE -> RequestKind.MEMBER;
    };
  }

  private static String address(int second, int turn) {
    int n = Math.floorMod(turn * ADDRESS_STEP, ADDRESSES);
    return "127." + second + "." + (n >> 8) + "." + (n & 255);
  }

  /** Numbers that no other connection has: number, number + step, and so on. */
  private static final class Turns {
    private final int step;
    private final int size;
    private int next;

    private Turns(int number, int step, int size) {
      this.next = number;
      this.step = step;
      this.size = size;
    }

    private int next() {
      int turn = next;
      next = turn + step < 0 ? turn % step : turn + step;
      return turn;
    }

    private int index(int turn) {
      return turn % size;
    }
  }
}
