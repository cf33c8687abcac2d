package sekisho.dev.seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.dev.seed.SeedLog.SeedAttempt;

/**
 * Each number of the seed data's description, counted from the files, not from the generator's own
 * constants.
 */
class SeedDatasetTest {

  private static final int IP_BAN_THRESHOLD = 10;
  private static final int USER_LOCK_THRESHOLD = 3;

  @TempDir private static Path directory;
  private static List<String[]> users;
  private static List<String[]> log;

  @BeforeAll
  static void write() throws IOException {
    assertThat(SeedDataset.writeTo(directory)).isTrue();
    users = rows(SeedDataset.USERS, 4);
    log = rows(SeedDataset.LOGIN_LOG, 6);
  }

  @Test
  void theBytesAreTheSameAtEachRun() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (String name :
        List.of("users.tsv", "login_log.tsv", "dummy_users.tsv", "dummy_users_used.tsv")) {
      digest.update(Files.readAllBytes(directory.resolve(name)));
    }
    assertThat(HexFormat.of().formatHex(digest.digest()))
        .isEqualTo("48f3a2adc2ce3c5a0d8d42e1eb1fb9b70f578412f614dc74bf709e2b40fb4a57");
  }

  @Test
  void theFingerprintIsThatOfTheUsers() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    long fingerprint = 0;
    for (String row : Files.readAllLines(directory.resolve("users.tsv"))) {
      fingerprint ^= ByteBuffer.wrap(digest.digest(row.getBytes("US-ASCII"))).getLong();
    }
    assertThat(SeedUsers.FINGERPRINT)
        .isEqualTo(Long.toHexString(fingerprint).toUpperCase(Locale.ROOT));
  }

  @Test
  void thereAreTwoHundredThousandDistinctUsers() {
    assertThat(users.stream().map(user -> Long.parseLong(user[0])).toList())
        .isEqualTo(LongStream.rangeClosed(1, 200_000).boxed().toList());
    assertThat(users.stream().map(user -> user[1]).distinct().count()).isEqualTo(200_000);
    Predicate<String> row =
        Pattern.compile("\\d+ [a-z0-9._-]{1,40} [0-9a-f]{64} [a-z0-9]+").asMatchPredicate();
    assertThat(users.stream().map(user -> String.join(" ", user)).filter(row.negate())).isEmpty();
  }

  @Test
  void theFirstNineUsersAreTheWellKnownOnes() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (int i = 1; i <= 9; i++) {
      String hash =
          HexFormat.of()
              .formatHex(digest.digest(("isuconpass" + i + ":salt" + i).getBytes("US-ASCII")));
      assertThat(users.get(i - 1)).containsExactly("" + i, "isucon" + i, hash, "salt" + i);
    }
  }

  @Test
  void loadGeneratorsGetPasswordsThatFitTheHashes() throws Exception {
    List<String[]> dummies = rows("dummy_users.tsv", 5);
    assertThat(dummies.stream().map(user -> user[2]).distinct().count())
        .as("passwords")
        .isEqualTo(200_000);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    List<String> expected = new ArrayList<>();
    for (String[] dummy : dummies) {
      String hash =
          HexFormat.of().formatHex(digest.digest((dummy[2] + ":" + dummy[3]).getBytes("US-ASCII")));
      expected.add(String.join("\t", dummy[0], dummy[1], hash, dummy[3]));
    }
    assertThat(Files.readAllLines(directory.resolve("users.tsv")).equals(expected)).isTrue();
    List<String> hashes = users.stream().map(user -> user[2]).toList();
    assertThat(dummies.stream().map(dummy -> dummy[4]).toList().equals(hashes)).isTrue();
  }

  @Test
  void theLogIsInOrderAndStepsByOneToFiveSeconds() {
    assertThat(log.stream().map(row -> Long.parseLong(row[0])).toList())
        .isEqualTo(LongStream.rangeClosed(1, 69_800).boxed().toList());
    assertThat(log.get(0)[1]).isEqualTo("2014-02-22 00:00:00");
    Set<Long> steps = new HashSet<>();
    for (int i = 1; i < log.size(); i++) {
      steps.add(Duration.between(time(log.get(i - 1)), time(log.get(i))).toSeconds());
    }
    assertThat(steps).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void eachOfTheLastFiveThousandUsersIsInTheLogAndNoOther() {
    assertThat(log.stream().map(row -> Long.parseLong(row[2])).collect(Collectors.toSet()))
        .isEqualTo(LongStream.rangeClosed(195_001, 200_000).boxed().collect(Collectors.toSet()));
    assertThat(
            log.stream().filter(row -> !row[3].equals(users.get(Integer.parseInt(row[2]) - 1)[1])))
        .isEmpty();
  }

  @Test
  void failuresComeFromAddressesOfTheirOwnAndSuccessesFromAFew() {
    List<String> failures =
        log.stream().filter(row -> row[5].equals("0")).map(row -> row[4]).toList();
    assertThat(failures)
        .hasSize(15_800)
        .doesNotHaveDuplicates()
        .allMatch(ip -> ip.matches("127\\.200\\.\\d+\\.\\d+"))
        .allMatch(ip -> Stream.of(ip.split("\\.")).allMatch(SeedDatasetTest::isByte));
    List<String> successes =
        log.stream().filter(row -> row[5].equals("1")).map(row -> row[4]).toList();
    assertThat(successes).hasSize(54_000);
    assertThat(successes.stream().collect(Collectors.toSet()))
        .isEqualTo(
            LongStream.rangeClosed(1, 254)
                .mapToObj(i -> "127.250.0." + i)
                .collect(Collectors.toSet()));
    assertThat(failures.size() + successes.size()).isEqualTo(log.size());
  }

  @Test
  void theLogObeysTheRulesAndEndsWithTheLocksAsDescribed() throws IOException {
    Map<String, Integer> byUser = new HashMap<>();
    Map<String, Integer> byAddress = new HashMap<>();
    for (String[] row : log) {
      boolean succeeded = row[5].equals("1");
      if (succeeded && byUser.getOrDefault(row[2], 0) >= USER_LOCK_THRESHOLD) {
        fail("row " + row[0] + " is a success of a locked user");
      }
      byUser.compute(row[2], (id, old) -> succeeded ? 0 : old == null ? 1 : old + 1);
      byAddress.compute(row[4], (ip, old) -> succeeded ? 0 : old == null ? 1 : old + 1);
    }
    Map<Integer, Long> usersByFailures =
        byUser.values().stream()
            .collect(Collectors.groupingBy(failures -> failures, Collectors.counting()));
    assertThat(usersByFailures.keySet()).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(usersByFailures.get(3)).isEqualTo(2_500);
    assertThat(usersByFailures.values()).allMatch(count -> count > 500);
    assertThat(byAddress.values()).allMatch(failures -> failures < IP_BAN_THRESHOLD);
    List<String[]> used = rows("dummy_users_used.tsv", 3);
    assertThat(used)
        .hasSize(5_000)
        .isSortedAccordingTo((a, b) -> Long.compare(Long.parseLong(a[0]), Long.parseLong(b[0])));
    assertThat(used)
        .allSatisfy(
            row -> {
              assertThat(row[1]).isEqualTo(users.get(Integer.parseInt(row[0]) - 1)[1]);
              assertThat(Integer.parseInt(row[2])).isEqualTo(byUser.get(row[0]));
            });
  }

  @Test
  void manyUsersFailedBeforeASuccessAndSomeNeverSucceeded() {
    Map<String, List<String>> outcomes =
        log.stream()
            .collect(
                Collectors.groupingBy(
                    row -> row[2], Collectors.mapping(row -> row[5], Collectors.toList())));
    assertThat(outcomes.values().stream().filter(list -> String.join("", list).contains("01")))
        .hasSizeGreaterThan(2_000);
    assertThat(outcomes.values().stream().filter(list -> !list.contains("1"))).hasSize(100);
  }

  @Test
  void theDataInMemoryAreThoseOfTheFiles() {
    SeedDataset dataset = SeedDataset.generate();
    assertThat(dataset.users()).hasSameSizeAs(users);
    assertThat(dataset.attempts()).hasSameSizeAs(log);
    SeedAttempt last = dataset.attempts().get(log.size() - 1);
    assertThat(log.get(log.size() - 1)[4]).isEqualTo(last.ip());
  }

  @Test
  void theFilesAreWrittenOnce() throws IOException {
    assertThat(SeedDataset.writeTo(directory)).isFalse();
  }

  private static List<String[]> rows(String file, int columns) throws IOException {
    List<String[]> rows =
        Files.readAllLines(directory.resolve(file)).stream()
            .map(line -> line.split("\t", -1))
            .toList();
    assertThat(rows).allMatch(row -> row.length == columns);
    return rows;
  }

  private static LocalDateTime time(String[] row) {
    return LocalDateTime.parse(row[1].replace(' ', 'T'));
  }

  private static boolean isByte(String part) {
    return Integer.parseInt(part) <= 255;
  }
}
