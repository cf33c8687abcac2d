package sekisho.http.connection;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Where a Unix socket is.
 *
 * @param path the path of its file, absolute
 * @param mode the permissions of its file
 */
public record UnixSocket(Path path, Set<PosixFilePermission> mode) {}
