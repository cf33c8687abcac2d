package sekisho.app;

import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Says why TLS failed, in words that lead to what has to be changed. */
final class TlsProblem {

  private TlsProblem() {}

  /**
   * Looks for a failure of TLS among an error's causes.
   *
   * @param error any error
   * @param caSetting the setting that names trusted authorities
   * @return the words, empty when it was not TLS that failed
   */
  static Optional<String> in(Throwable error, String caSetting) {
    String words = null;
    // The deepest cause is the most telling.
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String told = words(cause, caSetting);
      words = told == null ? words : told;
    }
    return Optional.ofNullable(words);
  }

  private static String words(Throwable cause, String caSetting) {
    if (cause instanceof NotSslRecordException) {
      return "it does not speak TLS there";
    }
    if (cause instanceof CertificateExpiredException
        || cause instanceof CertificateNotYetValidException) {
      return "its certificate is not valid now: renew it, or set the clock of this machine";
    }
    if (cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException) {
      return "its certificate is not signed by a trusted authority: set "
          + caSetting
          + " to the certificate of its authority";
    }
    if (cause instanceof CertificateException) {
      // The other reasons have types of their own.
      return "its certificate is for another host (" + cause.getMessage() + ")";
    }
    return cause instanceof SSLException ? "TLS failed (" + cause.getMessage() + ")" : null;
  }
}
