package sekisho.user;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All users, in memory, found by exact name or by id. Immutable and thread-safe.
 *
 * <p>Rows lie in flat arrays, without an object for each user: with names and salts of ten bytes,
 * 84 to 100 bytes of heap per user. Two open-addressing tables find them. The hash of names starts
 * from a seed that is drawn at each load, so that nobody can choose names that collide.
 */
public final class UserDirectory {

  /**
   * Bytes of a password's version. Half of its hash: enough that no two passwords share one, and
   * short enough to be signed together with a session in one block of SHA-256.
   */
  public static final int PASSWORD_VERSION_LENGTH = 16;

  /** Length of a SHA-256 hash. */
  static final int HASH_LENGTH = 32;

  private static final int EMPTY = -1;

  private final int size;
  private final long[] ids;
  private final byte[] hashes;

  /** Name and salt of row i: text[nameEnds of i - 1 .. saltEnds]; each row holds two ends. */
  private final byte[] text;

  private final int[] ends;
  private final int[] byName;
  private final int[] byId;
  private final int seed;

  UserDirectory(int size, long[] ids, byte[] hashes, byte[] text, int[] ends, int seed) {
    this.size = size;
    this.ids = ids;
    this.hashes = hashes;
    this.text = text;
    this.ends = ends;
    this.seed = seed;
    int slots = slots(size);
    this.byName = new int[slots];
    this.byId = new int[slots];
    Arrays.fill(byName, EMPTY);
    Arrays.fill(byId, EMPTY);
    for (int row = 0; row < size; row++) {
      insert(byName, hash(text, nameStart(row), nameEnd(row)), row);
      insert(byId, hash(ids[row]), row);
    }
  }

  /**
   * How much heap a directory takes.
   *
   * @param users how many
   * @param textBytes of all names and salts in UTF-8
   * @return bytes
   */
  static long bytes(long users, long textBytes) {
    return users * (Long.BYTES + HASH_LENGTH + 2 * Integer.BYTES)
        + textBytes
        + 2L * Integer.BYTES * slots(users);
  }

  /** Slots of a table: a power of two, at most half of them taken. */
  private static int slots(long users) {
    return (int) Long.highestOneBit(Math.max(users, 1)) * 4;
  }

  /**
   * Checks a name and a password. An unknown name costs the same work as a wrong password.
   *
   * @param login the name as typed
   * @param password the password as typed
   * @param hasher computes the hash; belongs to the calling thread
   * @return who that is and whether the password is right
   */
  public Credentials check(String login, String password, PasswordHasher hasher) {
    int row = find(login.getBytes(StandardCharsets.UTF_8));
    if (row == EMPTY) {
      hasher.matchesNothing(password);
      return new Credentials(OptionalLong.empty(), false);
    }
    boolean matches =
        hasher.matches(password, text, nameEnd(row), saltEnd(row), hashes, row * HASH_LENGTH);
    return new Credentials(OptionalLong.of(ids[row]), matches);
  }

  /**
   * Finds a user's name.
   *
   * @param id the user
   * @return the name, empty when there is no such user
   */
  public Optional<String> nameOf(long id) {
    int row = find(id);
    return row == EMPTY
        ? Optional.empty()
        : Optional.of(
            new String(
                text, nameStart(row), nameEnd(row) - nameStart(row), StandardCharsets.UTF_8));
  }

  /**
   * Tells which password a user has, by bytes that change with it. They are as secret as the stored
   * hash, of which they are a part: never send them.
   *
   * @param id the user
   * @param version gets the {@value #PASSWORD_VERSION_LENGTH} bytes, zeros when there is no such
   *     user
   * @return whether there is such a user
   */
  public boolean copyPasswordVersion(long id, byte[] version) {
    int row = find(id);
    if (row == EMPTY) {
      Arrays.fill(version, (byte) 0);
      return false;
    }
    System.arraycopy(hashes, row * HASH_LENGTH, version, 0, PASSWORD_VERSION_LENGTH);
    return true;
  }

  /**
   * Counts the users.
   *
   * @return how many there are
   */
  public int size() {
    return size;
  }

  /** How much heap the directory takes. */
  long bytes() {
    return bytes(size, text.length);
  }

  private int find(byte[] name) {
    int mask = byName.length - 1;
    for (int slot = hash(name, 0, name.length) & mask;
        byName[slot] != EMPTY;
        slot = slot + 1 & mask) {
      int row = byName[slot];
      if (Arrays.equals(text, nameStart(row), nameEnd(row), name, 0, name.length)) {
        return row;
      }
    }
    return EMPTY;
  }

  private int find(long id) {
    int mask = byId.length - 1;
    for (int slot = hash(id) & mask; byId[slot] != EMPTY; slot = slot + 1 & mask) {
      if (ids[byId[slot]] == id) {
        return byId[slot];
      }
    }
    return EMPTY;
  }

  private static void insert(int[] table, int hash, int row) {
    int mask = table.length - 1;
    int slot = hash & mask;
    while (table[slot] != EMPTY) {
      slot = slot + 1 & mask;
    }
    table[slot] = row;
  }

  private int nameStart(int row) {
    return row == 0 ? 0 : ends[row * 2 - 1];
  }

  private int nameEnd(int row) {
    return ends[row * 2];
  }

  private int saltEnd(int row) {
    return ends[row * 2 + 1];
  }

  private int hash(byte[] bytes, int from, int to) {
    int hash = seed;
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i]) * 0x01000193;
      hash ^= hash >>> 15;
    }
    return mix(hash);
  }

  private static int hash(long id) {
    return mix((int) (id ^ id >>> 32));
  }

  /** The finalizer of MurmurHash3: spreads every bit over all bits. */
  private static int mix(int value) {
    int mixed = value;
    mixed = (mixed ^ mixed >>> 16) * 0x85ebca6b;
    mixed = (mixed ^ mixed >>> 13) * 0xc2b2ae35;
    return mixed ^ mixed >>> 16;
  }
}
