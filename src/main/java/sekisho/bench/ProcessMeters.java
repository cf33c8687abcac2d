package sekisho.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import sekisho.bench.load.ProcessFinder;
import sekisho.bench.load.ProcessMeter;
import sekisho.bench.load.ProcessRole;
import sekisho.bench.output.BenchSettings;

/**
 * A meter for each role.
 *
 * @param meters in the order of {@link ProcessRole}
 * @param remarks how a process was found, where that is less than certain
 */
record ProcessMeters(List<ProcessMeter> meters, List<String> remarks) {

  /**
   * Finds the processes: those named on the command line, else whatever {@link ProcessFinder}
   * knows.
   */
  static ProcessMeters find(BenchSettings settings) {
    ProcessFinder finder = new ProcessFinder();
    List<ProcessMeter> meters = new ArrayList<>();
    List<String> remarks = new ArrayList<>();
    for (ProcessRole role : ProcessRole.values()) {
      Set<Integer> pids = settings.pids().getOrDefault(role, Set.of());
      if (pids.isEmpty()) {
        pids =
            switch (role) {
              case SERVICE ->
                  settings.target().isLocal()
                      ? finder.listeningOn(settings.target().port())
                      : Set.of();
              case GENERATOR -> Set.of((int) ProcessHandle.current().pid());
              case REDIS, MYSQL -> stores(finder, role, settings, remarks);
            };
      }
      meters.add(new ProcessMeter(role, pids));
    }
    return new ProcessMeters(meters, remarks);
  }

  private static Set<Integer> stores(
      ProcessFinder finder, ProcessRole role, BenchSettings settings, List<String> remarks) {
    Set<Integer> ofDataDirectory = finder.ofDataDirectory(role, settings.dataDirectory());
    if (!ofDataDirectory.isEmpty()) {
      return ofDataDirectory;
    }
    Set<Integer> only = finder.onlyOne(role);
    only.forEach(
        pid ->
            remarks.add(
                role.label()
                    + " is taken to be process "
                    + pid
                    + ", the only one of that name; if that is not the service's, give --"
                    + role.name().toLowerCase(Locale.ROOT)
                    + "-pid."));
    return only;
  }
}
