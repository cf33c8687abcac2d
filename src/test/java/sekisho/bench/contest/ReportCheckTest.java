package sekisho.bench.contest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.bench.client.LoginTry;
import sekisho.bench.client.Response;
import sekisho.bench.load.Account;
import sekisho.bench.load.ExpectedOutcome;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Reason;

class ReportCheckTest {

  private final ExpectedState expected =
      new ExpectedState(
          new RuleThresholds(3, 2),
          List.of(
              new Account("alice", "x", 3, true),
              new Account("bob", "x", 2, true),
              new Account("carol", "x", 3, true)));

  private ReportCheck check(String json) {
    return ReportCheck.compare(
        new Response(200, MultiMap.caseInsensitiveMultiMap(), Buffer.buffer(json)), expected);
  }

  @Test
  void agreesWithTheLedger() {
    ReportCheck check = check("{\"banned_ips\":[],\"locked_users\":[\"alice\",\"carol\"]}");
    assertThat(check.agrees()).isTrue();
    assertThat(check.problems()).isEmpty();
    assertThat(check.locked().sorted()).isTrue();
  }

  @Test
  void namesWhatIsMissingExtraAndRepeated() {
    expected.answered(new LoginTry("nobody", "x", "127.1.0.1", false), ExpectedOutcome.WRONG);
    expected.answered(new LoginTry("nobody", "x", "127.1.0.1", false), ExpectedOutcome.WRONG);
    ReportCheck check =
        check("{\"banned_ips\":[\"127.1.0.2\"],\"locked_users\":[\"carol\",\"bob\",\"carol\"]}");
    assertThat(check.locked().missing()).containsExactly("alice");
    assertThat(check.locked().extra()).containsExactly("bob");
    assertThat(check.locked().repeated()).containsExactly("carol");
    assertThat(check.locked().sorted()).isFalse();
    assertThat(check.banned().missing()).containsExactly("127.1.0.1");
    assertThat(check.banned().extra()).containsExactly("127.1.0.2");
    assertThat(check.agrees()).isFalse();
    assertThat(check.problems())
        .extracting(Problem::reason)
        .containsExactlyInAnyOrder(
            Reason.LOCKED_MISSING,
            Reason.LOCKED_EXTRA,
            Reason.REPORT_REPEATED,
            Reason.BANNED_MISSING,
            Reason.BANNED_EXTRA);
  }

  @Test
  void whatIsInDoubtIsNeitherMissingNorExtra() {
    expected.unanswered(new LoginTry("bob", "x", "127.1.0.1", false));
    assertThat(check("{\"banned_ips\":[],\"locked_users\":[\"alice\",\"carol\"]}").agrees())
        .isTrue();
    ReportCheck listed =
        check("{\"banned_ips\":[],\"locked_users\":[\"alice\",\"bob\",\"carol\"]}");
    assertThat(listed.agrees()).isTrue();
    assertThat(listed.locked().inDoubt()).containsExactly("bob");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "[]",
        "{}",
        "{\"banned_ips\":{},\"locked_users\":[]}",
        "{\"banned_ips\":[],\"locked_users\":[1]}",
        "{\"banned_ips\":null,\"locked_users\":[]}"
      })
  void refusesWhatIsNoReport(String json) {
    assertThatThrownBy(() -> check(json))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.reason()).isEqualTo(Reason.REPORT_FORM));
  }
}
