package sekisho.command;

import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/** {@code sekisho init}: puts both stores back to the seeded state. */
@Command(name = "init", description = "Put both stores back to the seeded state; a running service stays up and serves it.",
    mixinStandardHelpOptions = true)
public final class InitCommand extends StoreCommand {

  @Override
  int run(Workplace workplace) throws Exception {
    long start = System.nanoTime();
    new SeedStores(workplace, this::say).init();
    say("Both stores are back to the seeded state after " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + " ms.");
    return 0;
  }
}
