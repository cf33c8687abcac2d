package sekisho.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import sekisho.http.page.Pages;
import sekisho.http.session.Notice;
import sekisho.login.AttemptStore;
import sekisho.login.LastLogins;
import sekisho.login.Success;
import sekisho.user.UserDirectory;

/** {@code GET /mypage}: the user's name and last login; needs a session. */
final class MemberEndpoint implements Endpoint {

  private final Supplier<UserDirectory> users;
  private final AttemptStore store;
  private final Cookies cookies;
  private final Pages pages;
  private final Responder responder;
  private final DateTimeFormatter timeFormat;

  MemberEndpoint(Supplier<UserDirectory> users, AttemptStore store, Cookies cookies, Pages pages, Responder responder,
      ZoneId zone) {
    this.users = users;
    this.store = store;
    this.cookies = cookies;
    this.pages = pages;
    this.responder = responder;
    this.timeFormat = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(zone);
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.GET, HttpMethod.HEAD);
  }

  @Override
  public void handle(HttpServerRequest request) {
    OptionalLong userId = cookies.user(request);
    Optional<String> name = userId.isPresent() ? users.get().nameOf(userId.getAsLong()) : Optional.empty();
    if (name.isEmpty()) {
      askToLogIn(request);
      return;
    }
    store.lastLogins(userId.getAsLong())
        .onSuccess(logins -> show(request, name.get(), logins))
        .onFailure(error -> responder.unavailable(request));
  }

  private void show(HttpServerRequest request, String name, Optional<LastLogins> logins) {
    if (logins.isEmpty()) {
      // A session of a history that was replaced since: in the present one, nobody of that name ever logged in.
      askToLogIn(request);
      return;
    }
    Success shown = logins.get().shown();
    responder.page(request, pages.member(name, timeFormat.format(shown.at()), shown.address()));
  }

  private void askToLogIn(HttpServerRequest request) {
    cookies.leaveNotice(request, Notice.LOGIN_REQUIRED);
    responder.redirect(request, "/");
  }
}
