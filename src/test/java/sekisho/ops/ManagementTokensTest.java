package sekisho.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManagementTokensTest {

  private static final String ALICE = "a".repeat(16);
  private static final String BOB = "b-._~+/0123456789==";

  @Test
  void whoSentARequestIsKnownByTheToken() {
    ManagementTokens tokens = ManagementTokens.parse("alice:" + ALICE + ", bob: " + BOB);
    assertThat(tokens.holder("Bearer " + ALICE)).hasValue("alice");
    assertThat(tokens.holder("bearer  " + BOB)).hasValue("bob");
    assertThat(ManagementTokens.parse(ALICE).holder("Bearer " + ALICE)).hasValue("token");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Basic aaaaaaaaaaaaaaaa",
        "Bearer aaaaaaaaaaaaaaa",
        "aaaaaaaaaaaaaaaa"
      })
  void anotherTextIsNobodys(String authorization) {
    ManagementTokens tokens = ManagementTokens.parse(ALICE);
    assertThat(tokens.holder(authorization)).isEmpty();
    assertThat(tokens.holder(null)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "short",
        "with a space in it!",
        ":aaaaaaaaaaaaaaaa",
        "aaaaaaaaaaaaaaaa,",
        "a:aaaaaaaaaaaaaaaa,a:bbbbbbbbbbbbbbbb"
      })
  void whatIsNoTokenIsRefusedWithoutQuotingIt(String text) {
    assertThatThrownBy(() -> ManagementTokens.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("aaaaaaaaaa")
        .hasMessageNotContaining("short!");
  }
}
