package sekisho.http.connection;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Unix socket of the public listener, from the moment it listens. Its file has the mode that is
 * set before anybody can connect. A file that a killed process left is replaced; one behind which a
 * process listens, and one that is no socket, are left alone. Of two processes that start at once,
 * one gets the socket.
 */
public final class SocketFile implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SocketFile.class);
  private static final String SETTING = "sekisho.http.socket";
  private static final int BACKLOG = 4096;

  /** A process that starts binds its socket a moment before it listens. */
  private static final int PROBES = 20;

  private static final int LOCK_ATTEMPTS = 250;
  private static final long PROBE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Path path;
  private final Object file;
  private final int descriptor;

  private SocketFile(Path path, int descriptor) throws IOException {
    this.path = path;
    this.descriptor = descriptor;
    this.file = key(path);
  }

  /**
   * Looks whether {@link #open} would be refused; changes nothing.
   *
   * @throws ListenException if another process listens there, or nobody can
   */
  public static void requireFree(UnixSocket socket) {
    Path path = socket.path();
    Path directory = path.getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw refused(path, "there is no directory " + directory + "; make it, or name another path");
    }
    if (!Files.isWritable(directory)) {
      throw refused(path, "this user may not write to the directory " + directory);
    }
    try {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        requireStale(path, path, 1);
      }
    } catch (IOException e) {
      throw refused(path, reason(e));
    }
  }

  /**
   * Listens.
   *
   * @throws ListenException if another process listens there, or nobody can
   */
  public static SocketFile open(UnixSocket settings) {
    requireFree(settings);
    // Loads the native library.
    Epoll.ensureAvailability();
    Path path = settings.path();
    Socket socket = Socket.newSocketDomain();
    try {
      listen(socket, path, settings.mode());
      return new SocketFile(path, socket.intValue());
    } catch (IOException | RuntimeException e) {
      closeQuietly(socket);
      throw e instanceof ListenException known ? known : refused(path, reason(e));
    }
  }

  /** The file descriptor of the listening socket; its new owner closes it. */
  public int descriptor() {
    return descriptor;
  }

  /** Removes the file, so that nobody connects any more, unless it is another process's by now. */
  @Override
  public void close() {
    try {
      if (file.equals(key(path))) {
        Files.delete(path);
      }
    } catch (NoSuchFileException e) {
      // Somebody has removed it before.
    } catch (IOException e) {
      LOG.warn("cannot remove the socket {} ({}): {}", path, SETTING, reason(e));
    }
  }

  /**
   * One process at a time, until its socket listens: before that its file would be taken for one
   * that a killed process left. The lock file stays, since a lock on a file that was removed keeps
   * nobody out. Synchronized, since a process loses its lock when it closes the file anywhere.
   */
  private static synchronized void listen(Socket socket, Path path, Set<PosixFilePermission> mode)
      throws IOException {
    Path lockFile = path.resolveSibling("." + path.getFileName() + ".lock");
    try (FileChannel channel =
        FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; channel.tryLock() == null; i++) {
        if (i == LOCK_ATTEMPTS) {
          throw refused(path, "another process that starts holds the lock on " + lockFile);
        }
        LockSupport.parkNanos(PROBE_PAUSE_NANOS);
      }
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        requireStale(path, path, PROBES);
        Files.delete(path);
      }
      socket.bind(new DomainSocketAddress(path.toString()));
      Files.setPosixFilePermissions(path, mode);
      socket.listen(BACKLOG);
    }
  }

  /**
   * Asks more than once where another process may just be between binding its socket and listening.
   */
  private static void requireStale(Path file, Path path, int probes) throws IOException {
    if (!isSocket(file)) {
      throw refused(
          path,
          "there is a file of that name, which is no socket; remove it, or name another path");
    }
    for (int i = 0; i < probes; i++) {
      if (i > 0) {
        LockSupport.parkNanos(PROBE_PAUSE_NANOS);
      }
      if (isListening(file)) {
        throw refused(path, "another process does; end it, or set " + SETTING + " to another path");
      }
    }
  }

  private static boolean isSocket(Path file) throws IOException {
    return ((int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0170000)
        == 0140000;
  }

  private static boolean isListening(Path file) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      // Where many wait to be accepted it would block.
      channel.configureBlocking(false);
      channel.connect(UnixDomainSocketAddress.of(file));
      return true;
    } catch (ConnectException e) {
      return false;
    }
  }

  private static Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  private static ListenException refused(Path path, String why) {
    return new ListenException("cannot listen on " + path + " (" + SETTING + "): " + why);
  }

  private static String reason(Exception e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    String reason = e instanceof FileSystemException known ? known.getReason() : null;
    return reason == null ? String.valueOf(e.getMessage()) : reason;
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("socket not closed: {}", e.toString());
    }
  }
}
