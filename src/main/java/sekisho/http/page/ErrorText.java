package sekisho.http.page;

/** What a user reads when a request was refused or failed, by HTTP status. */
enum ErrorText {
  BAD_REQUEST(400, "Request not understood", "The browser sent something that could not be read."),
  FORBIDDEN(403, "Not allowed from here", "This page is not available from where you are."),
  NOT_FOUND(404, "Page not found", "There is nothing at this address."),
  METHOD_NOT_ALLOWED(405, "Wrong method", "This page cannot be asked for in this way."),
  CONTENT_TOO_LARGE(413, "Request too large", "The form holds more than can be taken."),
  UNSUPPORTED_MEDIA_TYPE(
      415, "Not a login form", "Only the login form of this site is accepted here."),
  SERVICE_UNAVAILABLE(
      503, "Please try again", "Logins cannot be checked right now. Please try again in a moment."),
  /** Stands for every other 4xx. */
  OTHER_REFUSAL(499, "Request refused", "This request cannot be answered."),
  /** Stands for every other 5xx. */
  OTHER_FAILURE(
      500, "Something went wrong", "The failure is on our side. Please try again in a moment.");

  private final int status;
  private final String title;
  private final String message;

  ErrorText(int status, String title, String message) {
    this.status = status;
    this.title = title;
    this.message = message;
  }

  static ErrorText of(int status) {
    for (ErrorText text : values()) {
      if (text.status == status) {
        return text;
      }
    }
    return status < 500 ? OTHER_REFUSAL : OTHER_FAILURE;
  }

  int status() {
    return status;
  }

  String title() {
    return title;
  }

  String message() {
    return message;
  }
}
