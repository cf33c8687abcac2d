package sekisho.ops;

import java.util.Locale;
import java.util.OptionalLong;
import sekisho.mysql.UserTable;
import sekisho.net.ClientPrefix;
import sekisho.net.IpAddress;

/**
 * Whom an operator means: an address or a user.
 *
 * @param userId the user; empty for an address
 * @param name the user's name, or the address as it is counted, see {@link ClientPrefix}
 */
public record Subject(OptionalLong userId, String name) {

  /** Whether it is a user. */
  public boolean isUser() {
    return userId.isPresent();
  }

  /** What it is, for a sentence. */
  public String text() {
    return isUser() ? "user '" + name + "'" : "address " + name;
  }

  /**
   * Finds out whom a text means.
   *
   * @param text what parses as an address is one, also a prefix by which IPv6 clients are counted
   * @param asUser whether it is a user's name even so
   * @throws OperatorException in one line, when there is no such user
   */
  public static Subject of(String text, boolean asUser, ClientPrefix clients, UserTable users) {
    if (!asUser) {
      OptionalLong none = OptionalLong.empty();
      IpAddress address = IpAddress.parse(text);
      if (address != null) {
        return new Subject(none, clients.of(address));
      }
      int slash = text.indexOf('/');
      IpAddress first = slash < 0 ? null : IpAddress.parse(text.substring(0, slash));
      if (first != null && clients.of(first).equals(text.toLowerCase(Locale.ROOT))) {
        return new Subject(none, clients.of(first));
      }
      if (first != null) {
        throw new OperatorException(
            "'" + text + "' is not one client: clients there are counted as " + clients.of(first));
      }
    }
    OptionalLong id = users.find(text);
    if (id.isEmpty()) {
      throw new OperatorException(
          "there is no user '" + text + "'" + (asUser ? "" : ", and it is no address either"));
    }
    return new Subject(id, text);
  }
}
