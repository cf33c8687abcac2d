package sekisho;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Date;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rooms of docs/architecture.md: who may use whom, and where no clock is read. */
class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("sekisho");

  /** A room uses only rooms before it. */
  private static final String[] ROOMS = {
    "file",
    "login",
    "metrics",
    "net",
    "user",
    "redis",
    "mysql",
    "flush",
    "report",
    "recovery",
    "verify",
    "http",
    "ops",
    "app",
    "command",
    "dev.server",
    "dev.seed",
    "bench",
    "dev.command"
  };

  private static final DescribedPredicate<JavaAccess<?>> READS_A_CLOCK =
      new DescribedPredicate<>("read a clock") {

        private final Set<String> timeTypes =
            Set.of(
                "java.time.Instant",
                "java.time.LocalDateTime",
                "java.time.LocalDate",
                "java.time.ZonedDateTime",
                "java.time.OffsetDateTime");

        @Override
        public boolean test(JavaAccess<?> access) {
          if (!(access instanceof JavaCall<?>)) {
            return false;
          }
          String owner = access.getTargetOwner().getName();
          String name = access.getTarget().getName();
          return owner.equals(System.class.getName()) && name.equals("currentTimeMillis")
              || owner.equals("java.time.Clock")
              || owner.equals("java.time.InstantSource")
              || timeTypes.contains(owner) && name.equals("now")
              || owner.equals(Date.class.getName()) && name.equals("<init>")
              || owner.equals(Calendar.class.getName());
        }
      };

  @Test
  void roomsUseOnlyRoomsBeforeThem() {
    layers().check(CLASSES);
  }

  @Test
  void noCycles() {
    slices().matching("sekisho.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void theServiceKnowsNoTools() {
    noClasses()
        .that()
        .resideOutsideOfPackages("sekisho.dev..", "sekisho.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("sekisho.dev..", "sekisho.bench..")
        .check(CLASSES);
  }

  @Test
  void theDomainDoesNoIo() {
    classes()
        .that()
        .resideInAPackage("sekisho.login..")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                    "sekisho.login..",
                    "java.lang..",
                    "java.util..",
                    "java.time..",
                    "org.jspecify.annotations..")
                .or(
                    DescribedPredicate.describe(
                        "Future", type -> type.getName().equals("io.vertx.core.Future"))))
        .check(CLASSES);
  }

  /** Another implementation of the application can be driven by it. */
  @Test
  void theLoadGeneratorKnowsTheHttpContractOnly() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "sekisho.bench.load..",
            "sekisho.bench.client..",
            "sekisho.bench.contest..",
            "sekisho.bench.raw..",
            "sekisho.bench.output..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("sekisho..")
                .and(not(resideInAnyPackage("sekisho.bench..", "sekisho.file..", "sekisho.net.."))))
        .check(CLASSES);
  }

  /**
   * What is internal to Vert.x may change with any of its versions: it is used by these classes
   * only.
   */
  @Test
  void internalTypesOfVertxStandBehindOneClassEach() {
    Set<String> allowed =
        Set.of(
            "sekisho.redis.location.RedisUrl",
            "sekisho.http.request.RequestDecoder",
            "sekisho.http.connection.ListenerTransport",
            "sekisho.http.connection.VertxConnections",
            "sekisho.bench.client.Engine");
    noClasses()
        .that(
            DescribedPredicate.describe(
                "are not " + allowed,
                type -> !allowed.contains(type.getName().replaceFirst("\\$.*", ""))))
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.vertx..impl..", "io.vertx..internal.."))
        .check(CLASSES);
  }

  @Test
  void internalTypesOfVertxWereCheckedWithThisVersion() throws IOException {
    try (InputStream version =
        Vertx.class.getResourceAsStream("/META-INF/vertx/vertx-version.txt")) {
      assertThat(new String(version.readAllBytes(), StandardCharsets.US_ASCII).trim())
          .as("read what the classes of the rule above use in the new version, then name it here")
          .isEqualTo("5.0.10");
    }
  }

  /**
   * An attempt's time is the one that Redis told within the decision, so that a clock that jumps
   * changes no decision and no row.
   */
  @Test
  void noClockWhereAttemptsAreDecidedAndRecorded() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "sekisho.login..",
            "sekisho.user..",
            "sekisho.redis..",
            "sekisho.mysql..",
            "sekisho.flush..",
            "sekisho.report..",
            "sekisho.recovery..")
        .and()
        .doNotHaveSimpleName("InMemoryAttemptStore")
        .should()
        .accessTargetWhere(READS_A_CLOCK)
        .check(CLASSES);
  }

  /** The rule above sees a clock where one is read: sessions expire. */
  @Test
  void aClockIsSeen() {
    ArchRule rule =
        noClasses()
            .that()
            .resideInAPackage("sekisho.http.session..")
            .should()
            .accessTargetWhere(READS_A_CLOCK);
    assertThatThrownBy(() -> rule.check(CLASSES)).hasMessageContaining("SessionCodec");
  }

  private static ArchRule layers() {
    Architectures.LayeredArchitecture layers =
        Architectures.layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String room : ROOMS) {
      layers = layers.layer(room).definedBy("sekisho." + room + "..");
    }
    for (int i = 0; i < ROOMS.length - 1; i++) {
      String[] later = Arrays.copyOfRange(ROOMS, i + 1, ROOMS.length);
      layers = layers.whereLayer(ROOMS[i]).mayOnlyBeAccessedByLayers(later);
    }
    return layers.whereLayer(ROOMS[ROOMS.length - 1]).mayNotBeAccessedByAnyLayer();
  }
}
