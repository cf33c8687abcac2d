package sekisho.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sekisho.file.FileProblem;

/**
 * The users that the service was seeded with, from {@code dummy_users.tsv} (id, login, password,
 * salt, password hash) and {@code dummy_users_used.tsv} (id, login, failures at the end of the
 * seeded log); tab-separated, no header.
 *
 * @param accounts all users in the order of the file, not empty
 */
public record Dataset(List<Account> accounts) {

  private static final int LOGIN = 1;
  private static final int PASSWORD = 2;
  private static final int FAILURES = 2;

  /**
   * Reads both files.
   *
   * @throws EnvironmentException when a file is missing, empty or not of this form
   */
  public static Dataset load(Path directory) {
    Path users = directory.resolve("dummy_users.tsv");
    Path used = directory.resolve("dummy_users_used.tsv");
    Map<String, Integer> failures = new HashMap<>();
    for (String[] row : rows(used, 3)) {
      failures.put(row[LOGIN], number(used, row[FAILURES]));
    }
    List<Account> accounts = new ArrayList<>();
    for (String[] row : rows(users, 5)) {
      Integer seeded = failures.get(row[LOGIN]);
      accounts.add(
          new Account(row[LOGIN], row[PASSWORD], seeded == null ? 0 : seeded, seeded != null));
    }
    if (accounts.isEmpty()) {
      throw new EnvironmentException(users + " is empty; run make init first");
    }
    return new Dataset(List.copyOf(accounts));
  }

  private static List<String[]> rows(Path file, int columns) {
    List<String[]> rows = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] row = line.split("\t", -1);
        if (row.length < columns) {
          throw new EnvironmentException(
              file
                  + ", line "
                  + (rows.size() + 1)
                  + ": expected "
                  + columns
                  + " columns separated by tabs; run make init to write it anew");
        }
        rows.add(row);
      }
    } catch (IOException e) {
      throw new EnvironmentException(
          "cannot read the data set "
              + file
              + " ("
              + FileProblem.reason(file, e)
              + "); run make init first, or give --dataset");
    }
    return rows;
  }

  private static int number(Path file, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new EnvironmentException(file + ": not a number of failures: " + text);
    }
  }
}
