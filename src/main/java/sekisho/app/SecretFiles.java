package sekisho.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sekisho.file.FileProblem;

/**
 * Takes secrets from files, as container platforms and systemd hand them out: {@code
 * SEKISHO_SESSION_KEY_FILE} names a file that holds what {@code SEKISHO_SESSION_KEY} would.
 */
final class SecretFiles {

  private static final List<Setting> SECRETS =
      List.of(Setting.SESSION_KEY, Setting.REDIS_URL, Setting.MYSQL_URL);
  private static final String SUFFIX = "_FILE";
  private static final int LONGEST = 64 * 1024;

  private SecretFiles() {}

  /**
   * Replaces variables that name files by those that they stand for.
   *
   * @param environment the variables
   * @return the variables with the files' contents, without white space around them
   * @throws ConfigurationException when a file can't be read, or a secret is given twice
   */
  static Map<String, String> read(Map<String, String> environment) {
    Map<String, String> read = new HashMap<>(environment);
    for (Setting secret : SECRETS) {
      String variable = secret.variable() + SUFFIX;
      String file = read.remove(variable);
      if (file != null && read.putIfAbsent(secret.variable(), contents(variable, file)) != null) {
        throw new ConfigurationException(
            variable + ": set it or " + secret.variable() + ", not both");
      }
    }
    return read;
  }

  /**
   * Messages do not quote the file's name: somebody may have put the secret itself in its place.
   */
  private static String contents(String variable, String file) {
    try {
      Path path = SettingsLoader.path(variable, file);
      if (Files.size(path) <= LONGEST) {
        return Files.readString(path).strip();
      }
      throw new ConfigurationException(variable + ": the file is too big to hold a secret");
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(variable + ": there is no such file");
    } catch (IOException e) {
      throw new ConfigurationException(
          variable + ": the file cannot be read as text: " + FileProblem.reason(e));
    }
  }
}
