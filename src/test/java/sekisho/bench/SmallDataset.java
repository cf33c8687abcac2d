package sekisho.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import sekisho.bench.load.Dataset;

/**
 * Writes the seed's files for fewer users: the last one in twenty was in the log, every other of
 * those is locked.
 */
final class SmallDataset {

  private SmallDataset() {}

  static Dataset write(Path directory, int users) throws IOException {
    StringBuilder all = new StringBuilder();
    StringBuilder used = new StringBuilder();
    for (int id = 1; id <= users; id++) {
      String login = "isucon" + id;
      all.append(id)
          .append('\t')
          .append(login)
          .append("\tpass&wörd")
          .append(id)
          .append("\tsalt\thash\n");
      if (id > users - users / 20) {
        used.append(id)
            .append('\t')
            .append(login)
            .append('\t')
            .append(id % 2 == 0 ? 3 : id % 3)
            .append('\n');
      }
    }
    Files.writeString(directory.resolve("dummy_users.tsv"), all);
    Files.writeString(directory.resolve("dummy_users_used.tsv"), used);
    return Dataset.load(directory);
  }
}
