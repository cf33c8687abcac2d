package sekisho.bench.raw;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import sekisho.bench.load.Account;

/**
 * The login forms that raw mode sends, made in advance. No user has both a wrong one and a right
 * one, so that no user gets locked that is to log in.
 *
 * @param wrong known names with wrong passwords
 * @param right known names with their own
 */
public record RawForms(List<byte[]> wrong, List<byte[]> right) {

  /** The forms of these users, who are not locked. */
  public static RawForms of(List<Account> accounts) {
    int half = accounts.size() / 2;
    return new RawForms(
        accounts.subList(0, half).stream()
            .map(account -> form(account.login(), "x" + account.password()))
            .toList(),
        accounts.subList(half, accounts.size()).stream()
            .map(account -> form(account.login(), account.password()))
            .toList());
  }

  private static byte[] form(String login, String password) {
    return ("login=" + encoded(login) + "&password=" + encoded(password))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
