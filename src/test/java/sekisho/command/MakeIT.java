package sekisho.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceHome.Finished;
import sekisho.testing.ServiceProcess;
import sekisho.testing.SmallStores;
import sekisho.testing.TestServers;

/** What is typed: the targets of the Makefile. */
class MakeIT {

  private static final Path TREE = Path.of("").toAbsolutePath();

  private final ServiceHome home = new ServiceHome();
  private final Path copy = home.directory().resolve("copy");

  /** What is built must not be built anew under other tests that use it. */
  @BeforeEach
  void copyTree() throws IOException {
    Path target = Files.createDirectories(copy.resolve("target"));
    for (String part :
        List.of(
            "Makefile",
            "pom.xml",
            "redis",
            "sql",
            "src/main",
            "conf",
            "docs",
            "README.md",
            "CHANGELOG.md",
            "SECURITY.md",
            "LICENSE")) {
      Path link = copy.resolve(part);
      Files.createDirectories(link.getParent());
      Files.createSymbolicLink(link, TREE.resolve(part));
    }
    Files.createSymbolicLink(
        Files.createDirectories(copy.resolve("var")).resolve("servers"),
        TestServers.bundledServers().toAbsolutePath());
    Files.createSymbolicLink(target.resolve("sekisho.jar"), ServiceHome.builtJar());
    Files.createSymbolicLink(
        target.resolve("sekisho-dev.jar"),
        ServiceHome.builtJar().resolveSibling("sekisho-dev.jar"));
    Files.createFile(target.resolve("built"));
  }

  @AfterEach
  void closeHome() {
    home.close();
  }

  private ServiceProcess make(String... arguments) {
    List<String> command = new ArrayList<>(List.of("make"));
    command.addAll(List.of(arguments));
    return home.startProgram(copy, command);
  }

  @Test
  void withoutATargetItListsThemWithALineEach() throws IOException {
    Finished help = make().awaitEnd();
    assertThat(help.status()).isZero();
    for (String target :
        List.of(
            "run",
            "test",
            "test-faults",
            "init",
            "bench",
            "verify",
            "rebuild",
            "stores",
            "wait",
            "stop")) {
      assertThat(help.out().lines())
          .filteredOn(line -> line.matches("  " + target + " +\\S.*"))
          .hasSize(1);
    }
    List<String> documented;
    try (Stream<String> lines = Files.lines(TREE.resolve("Makefile"))) {
      documented = lines.filter(line -> line.matches("[a-z-]+:.*##.*")).toList();
    }
    assertThat(help.out().lines()).hasSize(documented.size() + 1);
  }

  @Test
  void serversAreFetchedOnlyForStoresWithoutAUrl() throws IOException {
    assertThat(needed()).isEqualTo("redis-target mariadb-target");
    home.with("SEKISHO_REDIS_URL", "unix:///there.sock");
    assertThat(needed()).isEqualTo("mariadb-target");
    Path file =
        Files.writeString(
            home.directory().resolve("a.properties"), "sekisho.mysql.url=mysql://there/sekisho\n");
    home.with("SEKISHO_REDIS_URL", null).with("SEKISHO_CONFIG", file.toString());
    assertThat(needed()).isEqualTo("redis-target");
  }

  private String needed() {
    Finished database =
        make("-pn", "help", "REDIS=redis-target", "MARIADB=mariadb-target").awaitEnd();
    return database
        .out()
        .lines()
        .filter(line -> line.startsWith("NEEDED := "))
        .findFirst()
        .orElseThrow()
        .substring("NEEDED := ".length())
        .strip();
  }

  @Test
  void whatIsInstalledServesAndKeepsItsSettings() throws IOException {
    Path prefix = home.directory().resolve("prefix");
    assertThat(make("install", "PREFIX=" + prefix).awaitEnd().status()).isZero();
    Path settings = prefix.resolve("etc/sekisho/sekisho.properties");
    Files.writeString(settings, "sekisho.contact=call us\n");
    assertThat(make("install", "PREFIX=" + prefix).awaitEnd().status()).isZero();
    assertThat(settings).hasContent("sekisho.contact=call us");
    assertThat(prefix.resolve("share/man/man1/sekisho.1")).content().contains(".SH NAME");
    assertThat(prefix.resolve("share/bash-completion/completions/sekisho")).isNotEmptyFile();
    assertThat(prefix.resolve("share/sekisho/static/index.html")).content().contains("<form");
    assertThat(prefix.resolve("share/sekisho/sekisho.jsa")).isNotEmptyFile();
    assertThat(prefix.resolve("share/sekisho/start")).doesNotExist();
    assertThat(prefix.resolve("share/sekisho/nginx.conf"))
        .content()
        .contains("root " + prefix + "/share/sekisho/static;")
        .doesNotContain("/usr/local");
    assertThat(prefix.resolve("lib/systemd/system/sekisho.service"))
        .content()
        .contains("ExecStart=" + prefix + "/bin/sekisho serve\n");
    String program = prefix.resolve("bin/sekisho").toString();
    home.with(SmallStores.withUsers(TestServers.shared(), 1));
    ServiceProcess service = home.startProgram(home.directory(), List.of(program, "serve"));
    service.awaitReady();
    Finished config = home.startProgram(home.directory(), List.of(program, "config")).awaitEnd();
    assertThat(config.out()).contains("call us").contains(settings.toString());
    assertThat(home.startProgram(home.directory(), List.of(program, "status")).awaitEnd().status())
        .isZero();
    // What the unit would be given; a variable that is set comes first.
    Files.writeString(
        prefix.resolve("etc/sekisho/environment"),
        "# a comment\nSEKISHO_CONTACT=from the file, with $HOME & 'more'\nSEKISHO_HTTP_PORT=1\nPATH=/nowhere");
    assertThat(home.startProgram(home.directory(), List.of(program, "config")).awaitEnd().out())
        .contains("sekisho.contact=from the file, with $HOME & 'more' ")
        .contains("sekisho.http.port=" + home.port() + " ");
    service.signal("TERM");
    assertThat(service.awaitEnd().status()).isZero();
    assertThat(service.err()).isEmpty();
  }

  @Test
  void installBelowDestdirNamesThePlacesWithoutIt() throws IOException {
    Path root = home.directory().resolve("root");
    assertThat(make("install", "DESTDIR=" + root).awaitEnd().status()).isZero();
    assertThat(root.resolve("usr/local/bin/sekisho"))
        .isExecutable()
        .content()
        .contains("/etc/sekisho/sekisho.properties")
        .doesNotContain(root.toString(), "@SHARE", "@CONFIG", "@OPTIONS", "@ENV", "@DATA");
    assertThat(root.resolve("etc/sekisho/sekisho.properties")).exists();
    assertThat(root.resolve("usr/local/lib/systemd/system/sekisho@.service")).exists();
  }

  @Test
  void runEndsWithCtrlC() {
    home.with(SmallStores.withUsers(TestServers.shared(), 1));
    ServiceProcess make = make("run");
    make.awaitReady();
    make.signalGroup("INT");
    Finished end = make.awaitEnd();
    assertThat(end.out()).endsWith("ended\n");
    assertThat(end.err()).doesNotContain("Error", "Exception");
    assertThat(make.client().status("GET", "/")).as("0 for no answer").isZero();
  }

  @Test
  void runEndsWithSigterm() {
    home.with(SmallStores.withUsers(TestServers.shared(), 1));
    ServiceProcess make = make("run");
    make.awaitReady();
    make.signal("TERM");
    Finished end = make.awaitEnd();
    assertThat(end.out()).endsWith("ended\n");
    assertThat(end.err()).doesNotContain("Exception");
  }

  @Test
  void waitSaysWhatItWaitsForAndVerifyMakesNothing() {
    Finished wait = make("wait", "SECONDS=0").awaitEnd();
    assertThat(wait.status()).isNotZero();
    assertThat(wait.err())
        .contains(
            "not ready after 0 s (http://127.0.0.1:" + home.managementPort() + "/readyz)",
            "nothing listens");
    Finished verify = make("verify").awaitEnd();
    assertThat(verify.status()).isNotZero();
    assertThat(verify.err()).contains("no local stores in " + home.data());
    assertThat(home.data()).doesNotExist();
  }

  @Test
  void aJdkThatIsTooOldIsNamed() throws IOException {
    Path programs = Files.createDirectories(home.directory().resolve("bin"));
    script(programs.resolve("javac"), "echo 'javac 11.0.22'");
    refusesJdk(programs + ":" + System.getenv("PATH"), "version 17 or newer", "version 11");
  }

  @Test
  void aMissingJdkIsNamed() throws IOException {
    Path programs = Files.createDirectories(home.directory().resolve("bin"));
    for (String tool :
        List.of("sh", "make", "find", "uname", "tr", "sed", "expand", "env", "setsid")) {
      Files.createSymbolicLink(programs.resolve(tool), which(tool));
    }
    refusesJdk(programs.toString(), "version 17 or newer", "not there", "JAVA_HOME");
  }

  private void refusesJdk(String path, String... parts) {
    ServiceProcess make =
        home.startProgram(copy, List.of("env", "-u", "JAVA_HOME", "PATH=" + path, "make", "run"));
    Finished end = make.awaitEnd();
    assertThat(end.status()).isNotZero();
    assertThat(end.err().lines().filter(line -> !line.startsWith("make: *** ")))
        .singleElement()
        .asString()
        .contains(parts);
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static Path which(String tool) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(directory -> Path.of(directory, tool))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }
}
