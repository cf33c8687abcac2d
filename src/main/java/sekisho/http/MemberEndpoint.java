package sekisho.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import sekisho.http.Dispatcher.Endpoint;
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
  private final RequestNotes notes;
  private final DateTimeFormatter timeFormat;
  private final String zone;
  private final Responder.Prepared loginRequired;

  MemberEndpoint(
      Supplier<UserDirectory> users,
      AttemptStore store,
      Cookies cookies,
      Pages pages,
      Responder responder,
      RequestNotes notes,
      ZoneId zone) {
    this.users = users;
    this.store = store;
    this.cookies = cookies;
    this.pages = pages;
    this.responder = responder;
    this.notes = notes;
    this.timeFormat = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(zone);
    this.zone = zone.getId();
    this.loginRequired = responder.prepareRedirect("/", cookies.left(Notice.LOGIN_REQUIRED));
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.GET, HttpMethod.HEAD);
  }

  @Override
  public void handle(HttpServerRequest request) {
    UserDirectory directory = users.get();
    OptionalLong userId = cookies.user(request, directory);
    Optional<String> name =
        userId.isPresent() ? directory.nameOf(userId.getAsLong()) : Optional.empty();
    if (name.isEmpty()) {
      responder.send(request, loginRequired);
      return;
    }
    long asked = notes.storeAsked();
    store
        .lastLogins(userId.getAsLong())
        .onComplete(answered -> notes.storeAnswered(request, asked))
        .onSuccess(
            logins -> {
              try {
                show(request, name.get(), logins);
              } catch (RuntimeException | Error e) {
                responder.failed(request, e);
              }
            })
        .onFailure(error -> responder.unavailable(request));
  }

  private void show(HttpServerRequest request, String name, Optional<LastLogins> logins) {
    if (logins.isEmpty()) {
      // A session of a history that was replaced since: in the present one, nobody of that name
      // ever logged in.
      responder.send(request, loginRequired);
      return;
    }
    Success shown = logins.get().shown();
    responder.page(
        request, pages.member(name, timeFormat.format(shown.at()), shown.address(), zone));
  }
}
