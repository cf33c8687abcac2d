package sekisho.stores;

import java.lang.module.ModuleDescriptor.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A MariaDB as somebody may run it: what differs from a server without any options. Not changed
 * once it is made.
 */
final class ServerConfiguration {

  private static final int FEW = 100;
  private static final String OLDEST = "10.6";
  private static final List<String> BINARY_LOG =
      List.of("log_bin=binary-log", "server_id=1", "log_bin_trust_function_creators=1");

  private final String name;
  private final List<String> options;
  private Map<String, String> environment = Map.of();
  private String database = "";
  private String urlParameter = "";
  private String since = OLDEST;
  private int attempts = FEW;
  private boolean loadsFiles = true;
  private boolean speaksTls;

  private ServerConfiguration(String name, String... options) {
    this.name = name;
    this.options = new ArrayList<>(List.of(options));
  }

  /** All configurations, each for itself, in the order in which they are tried. */
  static List<ServerConfiguration> all() {
    return groups().flatMap(List::stream).toList();
  }

  /**
   * All configurations in few servers: each server has at most one configuration of each group, and
   * no option twice. One that fails here is found by its parts alone.
   */
  static List<ServerConfiguration> combined() {
    List<ServerConfiguration> combined = new ArrayList<>();
    groups()
        .forEach(
            group -> {
              List<ServerConfiguration> free = new ArrayList<>(combined);
              for (ServerConfiguration each : group) {
                Optional<ServerConfiguration> host =
                    free.stream().filter(other -> other.goesWith(each)).findFirst();
                host.ifPresentOrElse(
                    other -> {
                      free.remove(other);
                      combined.set(combined.indexOf(other), other.and(each));
                    },
                    () -> combined.add(each));
              }
            });
    return combined;
  }

  private static Stream<List<ServerConfiguration>> groups() {
    return Stream.of(texts(), modes(), transactions(), limits(), times(), storage(), connections());
  }

  /** Whether one server can have both: nothing is set twice, and each does what it is there for. */
  private boolean goesWith(ServerConfiguration other) {
    return Collections.disjoint(settings(), other.settings());
  }

  /** What is set, by name. */
  private Set<String> settings() {
    Set<String> settings = new TreeSet<>();
    options.forEach(option -> settings.add(option.replaceFirst("=.*", "").replace('-', '_')));
    settings.addAll(environment.keySet());
    if (!database.isEmpty() || !urlParameter.isEmpty()) {
      settings.add("character_set_server");
    }
    if (attempts != FEW || settings.contains("max_statement_time")) {
      settings.add("long statements");
    }
    if (!since.equals(OLDEST)) {
      settings.add("version");
    }
    return settings;
  }

  private ServerConfiguration and(ServerConfiguration other) {
    ServerConfiguration both = new ServerConfiguration(name + "; " + other.name);
    both.options.addAll(options);
    both.options.addAll(other.options);
    both.environment = environment.isEmpty() ? other.environment : environment;
    both.database = database + other.database;
    both.urlParameter = urlParameter + other.urlParameter;
    both.since = since.equals(OLDEST) ? other.since : since;
    both.attempts = Math.max(attempts, other.attempts);
    both.loadsFiles = loadsFiles && other.loadsFiles;
    both.speaksTls = speaksTls || other.speaksTls;
    return both;
  }

  /** A server without options. */
  static ServerConfiguration plain() {
    return of("no options");
  }

  /** What decides how text is read, compared and sent. */
  private static List<ServerConfiguration> texts() {
    return List.of(
        plain(),
        of("latin1", "character-set-server=latin1"),
        of("utf8mb3", "character-set-server=utf8mb3"),
        of(
            "collation without accents and case",
            "character-set-server=utf8mb4",
            "collation-server=utf8mb4_unicode_ci"),
        of("database in utf16").inDatabase("CHARACTER SET utf16"),
        of("database in sjis").inDatabase("CHARACTER SET sjis COLLATE sjis_bin"),
        of(
            "no character set from clients",
            "skip-character-set-client-handshake",
            "character-set-server=latin1"),
        of("init_connect='SET NAMES latin1'", "init_connect='SET NAMES latin1'"),
        of(
                "collations of character sets",
                "character_set_collations='utf8mb4=utf8mb4_uca1400_ai_ci,latin1=latin1_bin'")
            .since("11.4"),
        of("utf8 means utf8mb4", "old_mode=''", "character-set-server=utf8mb4"),
        of("file names in utf16", "character_set_filesystem=utf16"),
        of("URL with charset=latin1").withUrl("charset=latin1"),
        of("URL with collation=utf8mb4_general_ci", "character-set-server=latin1")
            .withUrl("collation=utf8mb4_general_ci"));
  }

  /** {@code sql_mode}, {@code old_mode} and the like. */
  private static List<ServerConfiguration> modes() {
    return List.of(
        of("empty strings are NULL", "sql_mode=EMPTY_STRING_IS_NULL"),
        of("no sql_mode", "sql_mode=''"),
        of("ANSI", "sql_mode=ANSI,ANSI_QUOTES,NO_ZERO_DATE,TRADITIONAL"),
        of("no escapes by backslash", "sql_mode=NO_BACKSLASH_ESCAPES"),
        of("CHAR is padded", "sql_mode=PAD_CHAR_TO_FULL_LENGTH"),
        of("Oracle", "sql_mode=ORACLE"),
        of(
            "other modes",
            "sql_mode=SIMULTANEOUS_ASSIGNMENT,PIPES_AS_CONCAT,HIGH_NOT_PRECEDENCE,IGNORE_SPACE,REAL_AS_FLOAT,"
                + "NO_UNSIGNED_SUBTRACTION,TIME_ROUND_FRACTIONAL,ONLY_FULL_GROUP_BY,ALLOW_INVALID_DATES,IGNORE_BAD_TABLE_OPTIONS"),
        of(
            "old modes",
            "old_mode=NO_DUP_KEY_WARNINGS_WITH_IGNORE,NO_PROGRESS_INFO,ZERO_DATE_TIME_CAST,UTF8_IS_UTF8MB3"),
        of(
            "init_connect sets modes",
            "init_connect='SET sql_mode=\\'ANSI_QUOTES,EMPTY_STRING_IS_NULL,NO_BACKSLASH_ESCAPES\\',"
                + " time_zone=\\'-11:00\\', autocommit=0, sql_select_limit=3, tx_isolation=\\'SERIALIZABLE\\''"),
        of(
            "IS NULL means the last number",
            "init_connect='SET sql_auto_is_null=1'",
            "explicit_defaults_for_timestamp=OFF"),
        of(
            "no notes, no warnings",
            "init_connect='SET sql_notes=0, sql_warnings=0'",
            "max_error_count=0",
            "sql_mode=''"));
  }

  /** Isolation, commits and the binary log. */
  private static List<ServerConfiguration> transactions() {
    return List.of(
        of("READ-UNCOMMITTED", "transaction-isolation=READ-UNCOMMITTED"),
        of(
                "READ-COMMITTED, log of rows",
                "transaction-isolation=READ-COMMITTED",
                "binlog_format=ROW")
            .with(BINARY_LOG),
        of(
                "READ-COMMITTED, log of statements",
                "transaction-isolation=READ-COMMITTED",
                "binlog_format=STATEMENT")
            .with(BINARY_LOG),
        of("REPEATABLE-READ, log of statements", "binlog_format=STATEMENT").with(BINARY_LOG),
        of("SERIALIZABLE", "transaction-isolation=SERIALIZABLE"),
        of("snapshots are isolated", "innodb_snapshot_isolation=ON"),
        of("autocommit=0", "autocommit=0"),
        of("completion_type=CHAIN", "completion_type=CHAIN"),
        of("completion_type=RELEASE", "completion_type=RELEASE"),
        of("transactions read only", "transaction-read-only=1"));
  }

  /** How much of something a statement may use. */
  private static List<ServerConfiguration> limits() {
    return List.of(
        of("packets of 1 MiB", "max_allowed_packet=1M").withAttempts(1300),
        of("packets of 64 KiB", "max_allowed_packet=64K", "net_buffer_length=1K"),
        of("five rows", "init_connect='SET sql_select_limit=5'"),
        of(
            "careful updates, small joins",
            "init_connect='SET sql_safe_updates=1, sql_big_selects=0'",
            "max_join_size=5"),
        of(
            "small temporary tables",
            "tmp_table_size=1K",
            "max_heap_table_size=16K",
            "sort_buffer_size=32K",
            "join_buffer_size=128",
            "max_sort_length=64",
            "group_concat_max_len=4",
            "max_length_for_sort_data=4"));
  }

  /** Time zones and time limits. */
  private static List<ServerConfiguration> times() {
    return List.of(
        of("time_zone=+09:00", "default_time_zone=+09:00"),
        of("machine in Tokyo").inZone("Asia/Tokyo"),
        of("statements of 5 ms", "max_statement_time=0.005"),
        of(
            "short time-outs",
            "wait_timeout=1",
            "interactive_timeout=1",
            "net_read_timeout=1",
            "net_write_timeout=1",
            "lock_wait_timeout=1",
            "innodb_lock_wait_timeout=1",
            "idle_transaction_timeout=1",
            "idle_write_transaction_timeout=1",
            "idle_readonly_transaction_timeout=1"));
  }

  /** Engines and row formats. */
  private static List<ServerConfiguration> storage() {
    return List.of(
        of("redundant rows", "innodb_default_row_format=redundant", "innodb_strict_mode=OFF"),
        of("compact rows", "innodb_default_row_format=compact"),
        of("MyISAM by default", "default_storage_engine=MyISAM", "sql_mode=''"),
        of("Aria by default", "default_storage_engine=Aria", "default_tmp_storage_engine=Aria"),
        of(
            "unchecked keys",
            "init_connect='SET unique_checks=0, foreign_key_checks=0'",
            "innodb_autoinc_lock_mode=2"),
        of("names in lower case", "lower_case_table_names=1"),
        of(
            "another optimizer",
            "optimizer_switch='index_merge=off,index_condition_pushdown=off,derived_merge=off,materialization=off,"
                + "semijoin=off,mrr=on,mrr_sort_keys=on'",
            "join_cache_level=0",
            "use_stat_tables=NEVER"),
        of("query cache", "query_cache_type=1", "query_cache_size=1M"));
  }

  /** The way from the client. */
  private static List<ServerConfiguration> connections() {
    return List.of(
        of("no files from clients", "local_infile=0").withoutFiles(),
        of(
            "pool of threads, no names of hosts",
            "thread_handling=pool-of-threads",
            "skip_name_resolve"),
        of("secure transport", "require_secure_transport=ON").withTls());
  }

  private static ServerConfiguration of(String name, String... options) {
    return new ServerConfiguration(name, options);
  }

  private ServerConfiguration with(List<String> more) {
    options.addAll(more);
    return this;
  }

  private ServerConfiguration inDatabase(String how) {
    database = how;
    return this;
  }

  private ServerConfiguration inZone(String zone) {
    environment = Map.of("TZ", zone);
    return this;
  }

  private ServerConfiguration withUrl(String parameter) {
    urlParameter = parameter;
    return this;
  }

  private ServerConfiguration since(String version) {
    since = version;
    return this;
  }

  private ServerConfiguration withAttempts(int count) {
    attempts = count;
    return this;
  }

  private ServerConfiguration withoutFiles() {
    loadsFiles = false;
    return this;
  }

  private ServerConfiguration withTls() {
    speaksTls = true;
    return this;
  }

  /** Lines of the section {@code [mysqld]}. */
  List<String> options() {
    return List.copyOf(options);
  }

  /** Variables of the server's process. */
  Map<String, String> environment() {
    return environment;
  }

  /** What follows {@code CREATE DATABASE name}; empty for nothing. */
  String database() {
    return database;
  }

  /** What the service's URL has at its end, as {@code name=value}; empty for nothing. */
  String urlParameter() {
    return urlParameter;
  }

  /** Whether a server of that version knows the options. */
  boolean isKnownTo(String version) {
    return Version.parse(version).compareTo(Version.parse(since)) >= 0;
  }

  /** How many attempts there are with unknown names of a kibibyte. */
  int attempts() {
    return attempts;
  }

  /** Whether the server accepts {@code LOAD DATA LOCAL}. */
  boolean loadsFiles() {
    return loadsFiles;
  }

  /** Whether the server has a certificate, so that TCP connections are encrypted. */
  boolean speaksTls() {
    return speaksTls;
  }

  @Override
  public String toString() {
    return name;
  }
}
