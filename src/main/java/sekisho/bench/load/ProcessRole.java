package sekisho.bench.load;

import java.util.Set;

/** The processes whose CPU time and memory are measured. */
public enum ProcessRole {
  SERVICE("service", Set.of()),
  REDIS("Redis", Set.of("redis-server", "valkey-server")),
  MYSQL("MySQL", Set.of("mariadbd", "mysqld")),
  GENERATOR("generator", Set.of());

  private final String label;
  private final Set<String> programs;

  ProcessRole(String label, Set<String> programs) {
    this.label = label;
    this.programs = programs;
  }

  public String label() {
    return label;
  }

  /** Names of its programs in {@code /proc/pid/comm}, when the role is known by them. */
  Set<String> programs() {
    return programs;
  }
}
