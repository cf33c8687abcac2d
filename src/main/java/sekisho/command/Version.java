package sekisho.command;

import picocli.CommandLine.IVersionProvider;
import sekisho.metrics.BuildInfo;

/** What {@code --version} prints: number, commit and Java. */
public final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    BuildInfo build = BuildInfo.read();
    return new String[] {
      "sekisho " + build.number(),
      "commit " + build.commit(),
      "Java " + Runtime.version() + " (" + System.getProperty("java.vm.name") + ")"
    };
  }
}
