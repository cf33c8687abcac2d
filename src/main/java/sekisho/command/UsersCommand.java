package sekisho.command;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sekisho.app.StartException;
import sekisho.login.StoreUnavailableException;
import sekisho.mysql.Schema;
import sekisho.mysql.UserTable;
import sekisho.user.PasswordHasher;

/** {@code sekisho users}: adds and changes users, on all instances. */
@Command(
    name = "users",
    mixinStandardHelpOptions = true,
    description =
        "Add and change users. All instances know of it within a second or so. A password is the first line of the"
            + " standard input.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      UsersCommand.Add.class,
      UsersCommand.Passwd.class,
      UsersCommand.Disable.class,
      UsersCommand.Reload.class
    })
public final class UsersCommand implements Runnable {

  private static final int LONGEST_NAME = 255;
  private static final int SALT_BYTES = 16;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** A change of the table, and the word to all instances. */
  abstract static class Change extends StoreCommand {

    @Override
    protected final int run(Workplace workplace) throws IOException {
      Schema.requireFit(workplace.stores().database());
      String done = change(new UserTable(workplace.stores().database()));
      try {
        workplace.stores().queue().announceUsers();
      } catch (StoreUnavailableException e) {
        throw new StoreUnavailableException(
            done
                + ", but running instances are not told: "
                + e.getMessage()
                + "; run users reload");
      }
      print(Map.of("done", done), () -> say(done));
      return 0;
    }

    /** Changes the table, and says in a sentence what was done. */
    abstract String change(UserTable users) throws IOException;

    /** A name that the login page takes, too. */
    static String valid(String name) {
      if (name.isEmpty()
          || name.codePointCount(0, name.length()) > LONGEST_NAME
          || name.indexOf(0) >= 0) {
        throw new StartException("a name has from 1 to " + LONGEST_NAME + " characters");
      }
      return name;
    }

    static String salt() {
      byte[] salt = new byte[SALT_BYTES];
      new SecureRandom().nextBytes(salt);
      return HexFormat.of().formatHex(salt);
    }

    @SuppressWarnings("SystemConsoleNull")
    static String password() throws IOException {
      // From JDK 22 on there may be a console without a terminal, unless it is that of the JDK
      // before.
      System.setProperty("jdk.console", "java.base");
      Console console = System.console();
      String line;
      if (console != null) {
        char[] typed = console.readPassword("Password: ");
        line = typed == null ? null : new String(typed);
      } else {
        line =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      }
      if (line == null || line.isEmpty()) {
        throw new StartException("the first line of the standard input must be the password");
      }
      return line;
    }
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Add a user; the password is read from the standard input.")
  static final class Add extends Change {

    @Parameters(paramLabel = "NAME", description = "The login name, exactly as it is to be typed.")
    private String name;

    @Override
    String change(UserTable users) throws IOException {
      String salt = salt();
      if (!users.add(valid(name), PasswordHasher.hash(password(), salt), salt)) {
        throw new StartException("there is a user '" + name + "' already: see users passwd");
      }
      return "user '" + name + "' added";
    }
  }

  @Command(
      name = "passwd",
      mixinStandardHelpOptions = true,
      description =
          "Give a user another password, read from the standard input; also one who was disabled.")
  static final class Passwd extends Change {

    @Parameters(paramLabel = "NAME", description = "The login name.")
    private String name;

    @Override
    String change(UserTable users) throws IOException {
      String salt = salt();
      if (!users.changePassword(valid(name), PasswordHasher.hash(password(), salt), salt)) {
        throw unknown(name);
      }
      return "password of '" + name + "' changed";
    }
  }

  @Command(
      name = "disable",
      mixinStandardHelpOptions = true,
      description = "Refuse all logins of a user as wrong, and end the sessions.")
  static final class Disable extends Change {

    @Parameters(paramLabel = "NAME", description = "The login name.")
    private String name;

    @Override
    String change(UserTable users) {
      if (!users.changePassword(valid(name), "*", "")) {
        throw unknown(name);
      }
      return "user '" + name + "' disabled";
    }
  }

  @Command(
      name = "reload",
      mixinStandardHelpOptions = true,
      description =
          "Make all instances read the table of users anew, after it was changed otherwise.")
  static final class Reload extends Change {

    @Override
    String change(UserTable users) {
      return "all instances read " + users.size().users() + " users";
    }
  }

  private static StartException unknown(String name) {
    return new StartException("there is no user '" + name + "'");
  }
}
