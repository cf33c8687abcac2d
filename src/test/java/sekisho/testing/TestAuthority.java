package sekisho.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A certificate authority of a test's own, and a server's certificate that it signed for the host
 * {@code localhost} and no other.
 *
 * @param authority the authority's certificate, a PEM file
 * @param certificate the server's certificate, a PEM file
 * @param key the server's key, a PEM file
 */
public record TestAuthority(Path authority, Path certificate, Path key) {

  private static final String PASSWORD = "of a test";

  /** Makes one in a directory, which has to be there and empty. */
  public static TestAuthority in(Path directory) {
    Path store = directory.resolve("store.p12");
    keytool(store, "authority", "CN=authority", List.of("-ext", "bc:c"));
    keytool(
        store, "server", "CN=server", List.of("-ext", "san=dns:localhost", "-signer", "authority"));
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD.toCharArray());
      return new TestAuthority(
          pem(
              directory.resolve("authority.pem"),
              "CERTIFICATE",
              keys.getCertificate("authority").getEncoded()),
          pem(
              directory.resolve("server.pem"),
              "CERTIFICATE",
              keys.getCertificate("server").getEncoded()),
          pem(
              directory.resolve("server.key"),
              "PRIVATE KEY",
              keys.getKey("server", PASSWORD.toCharArray()).getEncoded()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void keytool(Path store, String alias, String name, List<String> more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-alias",
                alias,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "2",
                "-dname",
                name));
    command.addAll(more);
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String printed =
          new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());
      if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException(printed);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Path pem(Path file, String type, byte[] contents) throws IOException {
    return Files.writeString(
        file,
        "-----BEGIN "
            + type
            + "-----\n"
            + Base64.getMimeEncoder().encodeToString(contents)
            + "\n-----END "
            + type
            + "-----\n");
  }
}
