package sekisho.dev.command;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sekisho.app.Settings;
import sekisho.command.StoreCommand;

/** {@code sekisho init}: puts both stores back to the seeded state. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Put both stores back to the seeded state. Running instances stay up, and serve it when this returns.",
      "Deletes all rows of the tables users, login_log, address_failures, user_failures, last_logins and quarantine, and all keys"
          + " under sekisho.redis.key-prefix. Other tables and keys are left alone.",
      "Does so where the stores are empty, or the users are exactly those of the seed; whatever else is there is deleted only with"
          + " --erase."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:done",
      "1:nothing was changed, or it was not finished, or an instance does not serve; the line says which"
    })
public final class InitCommand extends StoreCommand {

  @Option(
      names = "--erase",
      paramLabel = "DATABASE",
      description =
          "Delete what is in this database, and under the keys in Redis, whatever it is; the name must be that of the"
              + " configured database.")
  private String erase;

  private LocalStores local;

  @Override
  protected LocalStores access(Settings settings) {
    local = LocalStores.start(settings);
    return local;
  }

  @Override
  protected int run(Workplace workplace) throws Exception {
    long start = System.nanoTime();
    new SeedStores(
            local,
            workplace.stores(),
            line -> {
              if (!isJson()) {
                say(line);
              }
            })
        .init(Optional.ofNullable(erase));
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    print(
        Map.of("initialized_ms", millis),
        () -> say("Both stores are back to the seeded state after " + millis + " ms."));
    return 0;
  }
}
