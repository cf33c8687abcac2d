package sekisho.app;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManagerFactory;
import sekisho.file.FileProblem;

/** The authorities by whose signature a server's certificate is trusted. */
final class TrustedAuthorities {

  private TrustedAuthorities() {}

  /**
   * Reads them from a file.
   *
   * @param setting the setting that names the file, for messages
   * @param file one certificate or several, as PEM
   * @throws StartException when it can't be read or holds no certificate
   */
  static TrustOptions inFile(String setting, Path file) {
    try {
      byte[] pem = Files.readAllBytes(file);
      if (CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem))
          .isEmpty()) {
        throw new CertificateException("it is empty");
      }
      return new PemTrustOptions().addCertValue(Buffer.buffer(pem));
    } catch (NoSuchFileException e) {
      throw new StartException(setting + ": there is no file " + file);
    } catch (IOException e) {
      throw new StartException(
          setting + ": cannot read " + file + ": " + FileProblem.reason(file, e));
    } catch (CertificateException e) {
      throw new StartException(
          setting + ": " + file + " holds no certificates as PEM (-----BEGIN CERTIFICATE-----)");
    }
  }

  /** Those that come with the Java platform. */
  static TrustOptions ofThePlatform() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      return TrustOptions.wrap(factory.getTrustManagers()[0]);
    } catch (GeneralSecurityException e) {
      throw new StartException("this Java platform has no usable trust store: " + e.getMessage());
    }
  }
}
